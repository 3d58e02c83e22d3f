// Executions per second of each coverage-guided target: as the campaign runs it, and the same inputs again without instrumentation.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runCoverageGuided } from '../../src/campaign/engines/coverage-guided.ts'
import type { FuzzTargetAbout } from '../../src/campaign/property.ts'
import { AIMS, atLeast } from '../support/aims.ts'
import { inChild } from '../support/child.ts'
import { contest, rowOf } from '../support/contest.ts'
import { amount, type Effort } from '../support/effort.ts'
import type { Measure } from '../support/measure.ts'
import { PROJECT_DIR } from '../support/project.ts'
import type { Row } from '../support/row.ts'
import { median } from '../support/statistics.ts'

const BUILT = join(PROJECT_DIR, 'build', 'fuzz')
const SUFFIX = '.fuzz.js'
/** The one with an aim. */
const EXECUTOR = 'host-calls'

async function rowFor(effort: Effort, name: string): Promise<Row> {
  const target = join(BUILT, `${name}${SUFFIX}`)
  const { about } = (await import(pathToFileURL(target).href)) as { about: FuzzTargetAbout }
  const folder = mkdtempSync(join(tmpdir(), 'gauntlet-bench-'))
  const corpusDir = join(folder, 'corpus')
  const guided = async () => {
    const { status, reason, execsPerSecond, executions } = await runCoverageGuided({
      target,
      includes: about.includes ?? ['build/src/'],
      maxLength: about.maxLength ?? 4096,
      corpusDir,
      seedCorpusDir: join(PROJECT_DIR, 'corpus', 'seeds', name),
      artifactDir: join(folder, 'artifacts'),
      ...(about.dictionary && { dictionary: join(PROJECT_DIR, about.dictionary) }),
      // Less is mostly loading and instrumenting.
      seconds: amount(effort, 20, 6),
      seed: 1,
      signal: effort.signal,
    })
    if (executions === 0) throw new Error(`${name} did not run: ${status}, ${reason ?? 'no reason given'}`)
    return execsPerSecond
  }
  const milliseconds = String(amount(effort, 5000, 200))
  const child = (file: string, args: readonly string[]) => () =>
    inChild(file, [...args, milliseconds], { deadlineMs: 60_000, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  try {
    const samples = await contest(effort, amount(effort, 3, 1), guided, {
      'without coverage': child('fuzz-target', [target, corpusDir]),
      ...(name === EXECUTOR && {
        'without coverage, nobody who judges': child('kept-programs', [corpusDir, 'unjudged']),
        'without coverage, no call more than once': child('kept-programs', [corpusDir, 'once']),
        'without coverage, no call more than once, nobody who judges': child('kept-programs', [corpusDir, 'once-unjudged']),
      }),
    })
    return rowOf(
      {
        id: `target/${name}`,
        what: `executions per second of the target ${name}, guided by coverage`,
        unit: 'per s',
        note: 'Without coverage: the inputs that the guided runs kept, in turn, in a process without the engine. Inputs that keep are longer than most.',
      },
      samples,
      name === EXECUTOR ? ({ ours }) => atLeast(median(ours), AIMS.guidedProgramsPerSecond, 'per s') : undefined,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const built = existsSync(BUILT) ? readdirSync(BUILT).filter((file) => file.endsWith(SUFFIX)) : []
const NONE: Measure = {
  id: 'target',
  // biome-ignore lint/correctness/useYield: there is nothing to give
  async *run() {
    throw new Error('there is no compiled target in build/fuzz; run npm run build:fuzz')
  },
}

/** One for each target, so that one alone can be asked for. */
export const targets: readonly Measure[] =
  built.length === 0
    ? [NONE]
    : built.sort().map((file): Measure => {
        const name = file.slice(0, -SUFFIX.length)
        return {
          id: `target/${name}`,
          async *run(effort) {
            yield await rowFor(effort, name)
          },
        }
      })
