// Executions per second, one after the other and side by side, for as long as one looks.
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { runBare, runInWorker } from '../rivals/bare.ts'
import { runInExtism } from '../rivals/extism.ts'
import { idleGuest } from '../rivals/guest.ts'
import { runWasi } from '../rivals/node-wasi.ts'
import { evaluate, quickjsBytes } from '../rivals/quickjs.ts'
import { contest, rowOf } from '../support/contest.ts'
import { amount, type Effort } from '../support/effort.ts'
import type { Measure } from '../support/measure.ts'

/** Executions per second over a slice of time, `width` of them under way at once. */
async function rate(effort: Effort, execute: () => unknown, width = 1): Promise<number> {
  const start = performance.now()
  const end = start + amount(effort, 1500, 60)
  let done = 0
  await Promise.all(
    Array.from({ length: width }, async () => {
      do {
        await execute()
        done++
      } while (performance.now() < end)
    }),
  )
  return (done * 1000) / (performance.now() - start)
}

export const throughput: Measure = {
  id: 'throughput',
  async *run(effort) {
    const bytes = idleGuest()
    const module = new WebAssembly.Module(bytes)
    const quickjs = new WebAssembly.Module(quickjsBytes())
    await using sandbox = createSandbox()
    const execute = async (where: Sandbox) => {
      const { outcome, message } = await where.execute(bytes, undefined, { entry: 'run', principal: 'bench' })
      if (outcome !== 'completed') throw new Error(`the idle guest: ${message}`)
    }
    const rounds = amount(effort, 5, 1)
    const alone = await contest(effort, rounds, () => rate(effort, () => execute(sandbox)), {
      'bare WebAssembly': () => rate(effort, () => runBare(module)),
      'node:wasi': () => rate(effort, () => runWasi(module)),
      'a bare worker per run': () => rate(effort, () => runInWorker(module)),
      'Extism inline': () => rate(effort, () => runInExtism(bytes, false)),
      'Extism in a worker': () => rate(effort, () => runInExtism(bytes, true)),
      'quickjs-wasi': () => rate(effort, () => evaluate(quickjs, '0')),
    })
    const note = 'A guest that does nothing, created, called, and gone before the next. More is better.'
    yield rowOf({ id: 'throughput/one', what: 'executions per second, one after the other', unit: 'per s', note }, alone)
    // Jails for as many, kept: with fewer, guests take them from each other.
    await using wide = createSandbox(undefined, { pool: { maxJails: 4, idleJails: 4 } })
    const four = await contest(effort, rounds, () => rate(effort, () => execute(wide), 4), {
      'a bare worker per run': () => rate(effort, () => runInWorker(module), 4),
    })
    yield rowOf({ id: 'throughput/four', what: 'executions per second, four at once', unit: 'per s', note }, four)
  },
}
