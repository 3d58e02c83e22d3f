// Long computations under the policy, without fuel and with it, against the engine alone; and what metering adds to the time there.
import { createSandbox, type Instance } from '../../src/sandbox/index.ts'
import { KERNELS, type Kernel, kernelBytes } from '../kernels/kernels.ts'
import { AIMS, atMost } from '../support/aims.ts'
import { timed, timedNow } from '../support/clock.ts'
import { contest, rowOf } from '../support/contest.ts'
import { amount, type Effort } from '../support/effort.ts'
import { FUEL, fuelled, metered } from '../support/fuel.ts'
import type { Measure } from '../support/measure.ts'
import type { Row } from '../support/row.ts'
import { figure, geometricMean, median, pairedRatio } from '../support/statistics.ts'

const BARE = 'bare V8'
/** The same thread and engine as bare V8, so that nothing but the metering differs. */
const BARE_METERED = 'bare V8, metered module'

type Run = (rounds: number) => number

/** Long enough that what a call costs is not seen, milliseconds. */
const LENGTH = 100

/** Rounds that take about `LENGTH`; the compiled code has settled by then. */
function calibrate(effort: Effort, run: Run): number {
  const wanted = amount(effort, LENGTH, 2)
  let rounds = 1
  for (;;) {
    const took = timedNow(() => run(rounds))
    if (took >= wanted / 2) return Math.max(1, Math.round((rounds * wanted) / took))
    rounds *= 2
  }
}

/** @throws if a contender does not give the answer that all others give */
function same(kernel: Kernel, answer: number, expected: number): void {
  if (answer >>> 0 !== expected >>> 0)
    throw new Error(`${kernel.name} gives ${answer >>> 0}, the right answer is ${expected >>> 0}`)
}

async function called(kernel: Kernel, instance: Instance, rounds: number, expected: number): Promise<void> {
  const { outcome, message, values } = await instance.call('run', rounds)
  if (outcome !== 'completed') throw new Error(`${kernel.name}: ${message}`)
  same(kernel, Number(values[0]), expected)
}

interface Compared {
  readonly rows: readonly Row[]
  readonly off: number
  readonly on: number
  readonly meteringAlone: number
}

async function compare(effort: Effort, kernel: Kernel): Promise<Compared> {
  const bytes = kernelBytes(kernel)
  const bare = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports['run'] as Run
  same(kernel, bare(1), kernel.answer)
  const rounds = calibrate(effort, bare)
  const expected = bare(rounds)
  const refilled = fuelled(new WebAssembly.Instance(new WebAssembly.Module(metered(bytes))))
  const bareMetered = (n: number) => {
    refilled.refill()
    return (refilled.exports['run'] as Run)(n)
  }
  await using sandbox = createSandbox({ quotas: { wallClockMs: '10m', cpuMs: '10m' } })
  await using without = await sandbox.create(bytes, { quotas: { fuel: null } })
  await using withFuel = await sandbox.create(bytes, { quotas: { fuel: FUEL } })
  for (const n of [1, rounds]) await called(kernel, without, n, n === 1 ? kernel.answer : expected)
  for (const n of [1, rounds]) await called(kernel, withFuel, n, n === 1 ? kernel.answer : expected)
  const now = (run: Run) => () => timedNow(() => same(kernel, run(rounds), expected))
  const samples = await contest(effort, amount(effort, 11, 2), () => timed(() => called(kernel, withFuel, rounds, expected)), {
    [BARE]: now(bare),
    'without fuel': () => timed(() => called(kernel, without, rounds, expected)),
    [BARE_METERED]: now(bareMetered),
  })
  const theirs = samples.rivals.get(BARE)!
  const off = samples.rivals.get('without fuel')!
  const what = `${kernel.name} (${kernel.kind})`
  const rivals = new Map([[BARE, theirs]])
  return {
    rows: [
      rowOf(
        { id: `compute/fuel-off/${kernel.name}`, what: `${what}, without fuel`, unit: 'ms' },
        { ours: off, rivals, absent: samples.absent },
      ),
      rowOf({ id: `compute/fuel-on/${kernel.name}`, what: `${what}, with fuel`, unit: 'ms' }, samples),
    ],
    off: pairedRatio(off, theirs),
    on: pairedRatio(samples.ours, theirs),
    meteringAlone: pairedRatio(samples.rivals.get(BARE_METERED)!, theirs),
  }
}

/** A ratio for each kernel as one row. */
function mean(id: string, what: string, ratios: readonly number[], limit: number | null): Row {
  const value = geometricMean(ratios)
  return {
    id,
    what,
    unit: '×',
    ours: { ...figure(ratios), median: value },
    rivals: {},
    ratios: {},
    absent: {},
    aim: limit === null ? null : atMost(value, limit, '×'),
    note: `Geometric mean over ${ratios.length} kernels of the time against bare V8, with the quarters of the single ratios; their middle is ${median(ratios).toFixed(3)}×.`,
  }
}

export const compute: Measure = {
  id: 'compute',
  async *run(effort) {
    const compared: Compared[] = []
    for (const kernel of KERNELS) {
      const one = await compare(effort, kernel)
      compared.push(one)
      yield* one.rows
    }
    const of = (pick: (each: Compared) => number) => compared.map(pick)
    yield mean(
      'compute/fuel-off/mean',
      'computing without fuel',
      of(({ off }) => off),
      AIMS.computeFuelOff,
    )
    yield mean(
      'compute/fuel-on/mean',
      'computing with fuel',
      of(({ on }) => on),
      AIMS.computeFuelOn,
    )
    yield mean(
      'compute/metering/mean',
      'computing in a metered module, same thread and engine',
      of(({ meteringAlone }) => meteringAlone),
      null,
    )
  },
}
