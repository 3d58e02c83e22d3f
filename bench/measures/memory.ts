// What instances cost while nothing happens: resident memory, measured by the kernel.
import { readFileSync } from 'node:fs'
import { familyOf, HAS_PROC } from '../../src/campaign/processes.ts'
import { createSandbox, type Instance } from '../../src/sandbox/index.ts'
import { idleGuest } from '../rivals/guest.ts'
import { AIMS, atMost } from '../support/aims.ts'
import { inChild } from '../support/child.ts'
import { contest, rowOf } from '../support/contest.ts'
import { amount } from '../support/effort.ts'
import type { Measure } from '../support/measure.ts'
import { whenQuiet } from '../support/quiet.ts'
import { median } from '../support/statistics.ts'

const MIB = 2 ** 20
/** With how many instances of them each is measured: what lives in one thread is too small to see in a few. */
const RIVALS: readonly (readonly [name: string, instances: number])[] = [
  ['bare WebAssembly', 500],
  ['node:wasi', 500],
  ['a bare worker', 8],
  ['Extism inline', 100],
  ['Extism in a worker', 8],
  ['quickjs-wasi', 50],
]

interface Footprint {
  readonly processes: number
  readonly residentMiB: number
  /** Pages that several processes share count in parts. */
  readonly proportionalMiB: number
}

/** Of all processes below this one. */
async function footprint(): Promise<Footprint> {
  await whenQuiet()
  const { descendants } = await familyOf(process.pid)
  const resident = descendants.reduce((sum, { residentBytes }) => sum + residentBytes, 0)
  const proportional = descendants.reduce((sum, { pid }) => sum + proportionalBytes(pid), 0)
  return { processes: descendants.length, residentMiB: resident / MIB, proportionalMiB: proportional / MIB }
}

function proportionalBytes(pid: number): number {
  const found = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))
  return Number(found?.[1] ?? 0) * 1024
}

/** A jail with its cell, and no guest. */
async function emptyJail(): Promise<Footprint> {
  await using sandbox = createSandbox()
  await sandbox.describe()
  const one = await footprint()
  return { processes: 1, residentMiB: one.residentMiB / one.processes, proportionalMiB: one.proportionalMiB / one.processes }
}

async function withInstances(count: number): Promise<Footprint> {
  await using sandbox = createSandbox()
  const instances: Instance[] = []
  for (let i = 0; i < count; i++) {
    const instance = await sandbox.create(idleGuest())
    await instance.call('run')
    instances.push(instance)
  }
  return await footprint()
}

export const memory: Measure = {
  id: 'memory',
  async *run(effort) {
    if (!HAS_PROC) return
    const count = amount(effort, 8, 2)
    const rounds = amount(effort, 3, 1)
    let jail = await emptyJail()
    const seen: Footprint[] = []
    const samples = await contest(
      effort,
      rounds,
      async () => {
        jail = await emptyJail()
        const all = await withInstances(count)
        seen.push(all)
        return (all.residentMiB - all.processes * jail.residentMiB) / count
      },
      Object.fromEntries(
        RIVALS.map(([name, instances]) => [name, () => inChild('instances', [name, String(amount(effort, instances, 4))])]),
      ),
    )
    const processes = seen.at(-1)!.processes
    yield rowOf(
      {
        id: 'memory/instance',
        what: `resident memory of an idle instance, over the jail’s own (${count} instances in ${processes} jails)`,
        unit: 'MiB',
        note: `A jail with its cell and no guest has ${jail.residentMiB.toFixed(0)} MiB, most of it the pages of the Node program that all share.`,
      },
      samples,
      ({ ours }) => atMost(median(ours), AIMS.idleInstanceMiB, 'MiB'),
    )
    yield rowOf(
      {
        id: 'memory/instance-and-jail',
        what: 'memory of an idle instance with its share of the jails, shared pages counted in parts',
        unit: 'MiB',
      },
      { ours: seen.map(({ proportionalMiB }) => proportionalMiB / count), rivals: new Map(), absent: new Map() },
    )
  },
}
