// `npm run bench`: how the sandbox compares with the bare thing and with others, side by side in one run. Ratios mean something anywhere; times
// only where they were taken.
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { describeProject } from '../src/campaign/environment.ts'
import { interruptible } from '../src/cli/interrupt.ts'
import { writeAtomically } from '../src/reports/atomic.ts'
import { isBusy, load, machine, versions } from './machine.ts'
import { markdown } from './markdown.ts'
import { MEASURES } from './measures/index.ts'
import { RESULTS_VERSION, type Results, resultsSchema } from './results.ts'
import { PROJECT_DIR } from './support/project.ts'
import type { Row } from './support/row.ts'

const USAGE = `Usage: npm run bench -- [options]

  --filter <text>   only what has this in its id (${MEASURES.map(({ id }) => id).join(', ')})
  --quick           a few samples of everything, to see that it works
  --out <folder>    where the results go (default: bench/results)
  --name <name>     their name without extension (default: the time)
  --list            print the ids and end`

function options() {
  try {
    const { values } = parseArgs({
      options: {
        filter: { type: 'string' },
        quick: { type: 'boolean', default: false },
        out: { type: 'string', default: join(PROJECT_DIR, 'bench', 'results') },
        name: { type: 'string' },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    return values
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`)
    return process.exit(64)
  }
}

/** One line as soon as a row is there. */
function print(row: Row): void {
  const { median } = row.ours
  const ratios = Object.entries(row.ratios).map(([name, ratio]) => `${ratio.toPrecision(3)}× ${name}`)
  const absent = Object.entries(row.absent).map(([name, why]) => `${name}: ${why}`)
  const aim = row.aim ? [`aim ${row.aim.aim}: ${row.aim.reached ? 'reached' : 'NOT reached'} (${row.aim.is})`] : []
  console.log(`${row.id.padEnd(34)} ${median.toPrecision(4)} ${row.unit}  ${[...ratios, ...absent, ...aim].join('; ')}`)
}

async function bench(signal: AbortSignal): Promise<number> {
  const { filter = null, quick, out, name, list, help } = options()
  if (help || list) {
    console.log(help ? USAGE : MEASURES.map(({ id }) => id).join('\n'))
    return 0
  }
  const measures = MEASURES.filter(({ id }) => filter === null || id.includes(filter) || filter.startsWith(`${id}/`))
  if (measures.length === 0) {
    console.error(`Nothing that is measured has "${filter}" in its id.\n\n${USAGE}`)
    return 64
  }
  const started = new Date().toISOString()
  const before = load()
  if (isBusy(before)) console.error(`The machine is busy (load ${before.toFixed(2)}): the figures are doubtful.`)
  const rows: Row[] = []
  const failures: Record<string, string> = {}
  for (const { id, run } of measures) {
    if (signal.aborted) break
    try {
      for await (const row of run({ quick, signal })) {
        if (filter !== null && !row.id.includes(filter)) continue
        rows.push(row)
        print(row)
      }
    } catch (error) {
      if (signal.aborted) break
      failures[id] = (error as Error).message
      console.error(`${id} could not be measured: ${(error as Error).message}`)
    }
  }
  const results: Results = {
    schema: RESULTS_VERSION,
    started,
    finished: new Date().toISOString(),
    complete: !signal.aborted,
    quick,
    filter,
    project: describeProject(PROJECT_DIR),
    machine: machine(before),
    versions: versions(),
    rows,
    failures,
  }
  resultsSchema.parse(results)
  const file = join(resolve(out), name ?? started.replaceAll(':', '-').replace(/\.\d+Z$/, 'Z'))
  await mkdir(resolve(out), { recursive: true })
  await writeAtomically(`${file}.json`, `${JSON.stringify(results, null, 2)}\n`)
  await writeAtomically(`${file}.md`, markdown(results))
  console.log(`\nWritten to ${file}.json and ${file}.md.`)
  return Object.keys(failures).length > 0 ? 1 : 0
}

// A rival's worker that stalls must not keep this process.
process.exit(await interruptible(async (interruption) => (await bench(interruption.signal)) || (interruption.code ?? 0)))
