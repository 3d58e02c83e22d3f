// The course of a bench: what is chosen is measured one after the other, printed as it comes, and written as data and for people.
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { describeProject } from '../src/campaign/environment.ts'
import { writeAtomically } from '../src/reports/atomic.ts'
import { isBusy, load, machine, versions } from './machine.ts'
import { markdown } from './markdown.ts'
import { RESULTS_VERSION, type Results, resultsSchema } from './results.ts'
import type { Measure } from './support/measure.ts'
import { PROJECT_DIR } from './support/project.ts'
import type { Row } from './support/row.ts'

/** One bench: its command, what it measures, and what else is written beside the results. */
export interface Bench {
  readonly command: string
  readonly measures: readonly Measure[]
  /** Name of the results where none is given, without extension; the time if this is null too. */
  readonly name: string | null
  /** @param file path of the results, without extension */
  readonly alsoWrite?: (results: Results, file: string) => Promise<void>
}

const usage = ({ command, measures, name }: Bench) => `Usage: npm run ${command} -- [options]

  --filter <text>   only what has this in its id (${measures.map(({ id }) => id).join(', ')})
  --quick           a few samples of everything, to see that it works
  --out <folder>    where the results go (default: bench/results)
  --name <name>     their name without extension (default: ${name ?? 'the time'})
  --list            print the ids and end`

function options(bench: Bench) {
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
    console.error(`${(error as Error).message}\n\n${usage(bench)}`)
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

/** @returns the exit code: 1 if something could not be measured */
export async function runBench(bench: Bench, signal: AbortSignal): Promise<number> {
  const { filter = null, quick, out, name = bench.name, list, help } = options(bench)
  if (help || list) {
    console.log(help ? usage(bench) : bench.measures.map(({ id }) => id).join('\n'))
    return 0
  }
  const measures = bench.measures.filter(({ id }) => filter === null || id.includes(filter) || filter.startsWith(`${id}/`))
  if (measures.length === 0) {
    console.error(`Nothing that is measured has "${filter}" in its id.\n\n${usage(bench)}`)
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
  await bench.alsoWrite?.(results, file)
  console.log(`\nWritten to ${file}.json and ${file}.md.`)
  return Object.keys(failures).length > 0 ? 1 : 0
}
