// From nothing to the first call's answer: with everything to be started, with a jail that is there, and with jail and module that are there.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { type Bytes, runBare, runInWorker } from '../rivals/bare.ts'
import { runInExtism } from '../rivals/extism.ts'
import { idleGuest } from '../rivals/guest.ts'
import { runWasi } from '../rivals/node-wasi.ts'
import { evaluate, quickjsBytes } from '../rivals/quickjs.ts'
import { AIMS, atMost, ratioTo } from '../support/aims.ts'
import { inChild } from '../support/child.ts'
import { timed, timedNow } from '../support/clock.ts'
import { type Contender, contest, rowOf } from '../support/contest.ts'
import { amount } from '../support/effort.ts'
import type { Measure } from '../support/measure.ts'
import { EXTENSION } from '../support/project.ts'
import { median } from '../support/statistics.ts'

/** Whose guests they are: those of strangers never get a cell that somebody had. */
const PRINCIPAL = 'bench'

/** Creates, calls once, and waits for the answer. The end of the guest is not in the time. */
async function createAndCall(sandbox: Sandbox, bytes: Bytes): Promise<number> {
  const start = performance.now()
  const instance = await sandbox.create(bytes, undefined, { principal: PRINCIPAL })
  const { outcome, message } = await instance.call('run')
  const took = performance.now() - start
  if (outcome !== 'completed') throw new Error(`the idle guest: ${message}`)
  await instance.terminate()
  return took
}

export const coldStart: Measure = {
  id: 'start/cold',
  async *run(effort) {
    const bytes = idleGuest()
    const ours = () =>
      timed(async () => {
        await using sandbox = createSandbox()
        await createAndCall(sandbox, bytes)
      })
    const samples = await contest(effort, amount(effort, 9, 2), ours, {
      'a bare child and worker': () => timed(() => inChild('bare-child')),
    })
    yield rowOf(
      { id: 'start/cold', what: 'a sandbox, its jail, one guest, one call, and the end of all', unit: 'ms' },
      samples,
      ratioTo('a bare child and worker', AIMS.coldStart),
    )
  },
}

/** @param next the module of each start */
function rivals(next: () => Bytes, quickjs: WebAssembly.Module): Record<string, Contender> {
  const compiled = () => new WebAssembly.Module(next())
  return {
    'bare WebAssembly': () => timedNow(() => runBare(compiled())),
    'node:wasi': () => timedNow(() => runWasi(compiled())),
    'a bare worker per run': () => timed(() => runInWorker(compiled())),
    'Extism inline': () => timed(() => runInExtism(next(), false)),
    'Extism in a worker': () => timed(() => runInExtism(next(), true)),
    'quickjs-wasi': () => timed(() => evaluate(quickjs, '0')),
  }
}

/** Until a jail is there that a stranger may have, so that nobody waits for the last guest's end. */
async function jailThere(sandbox: Sandbox): Promise<void> {
  while (sandbox.pool.warm === 0 || sandbox.pool.coming > 0) await sleep(2)
}

export const warmStart: Measure = {
  id: 'start/warm',
  async *run(effort) {
    let mark = 0
    const next = () => idleGuest(mark++)
    await using sandbox = createSandbox(undefined, { pool: { warmJails: 2 } })
    const quickjs = new WebAssembly.Module(quickjsBytes())
    const ours = async () => {
      await jailThere(sandbox)
      return await createAndCall(sandbox, next())
    }
    const samples = await contest(effort, amount(effort, 41, 3), ours, rivals(next, quickjs))
    yield rowOf(
      {
        id: 'start/warm',
        what: 'create and first call of a new module, a jail without a guest there',
        unit: 'ms',
        note: 'Rivals compile the same modules; their end is in their time. quickjs-wasi makes a virtual machine from its compiled module.',
      },
      samples,
    )
  },
}

export const pooledStart: Measure = {
  id: 'start/pooled',
  async *run(effort) {
    const bytes = idleGuest()
    const module = new WebAssembly.Module(bytes)
    await using sandbox = createSandbox()
    const execute = () =>
      timed(async () => {
        const { outcome, message } = await sandbox.execute(bytes, undefined, { entry: 'run', principal: PRINCIPAL })
        if (outcome !== 'completed') throw new Error(`the idle guest: ${message}`)
      })
    const hop = await bareHop()
    try {
      // The first ones compile and fill the caches, those of the processor too.
      for (let i = 0; i < amount(effort, 300, 1); i++) await execute()
      const samples = await contest(effort, amount(effort, 501, 3), execute, {
        'a bare hop': hop.there,
        'create, call, terminate': () => createAndCall(sandbox, bytes),
        'bare WebAssembly': () => timedNow(() => runBare(module)),
      })
      yield rowOf(
        {
          id: 'start/pooled',
          what: 'execute a module that is known, for a principal who had it before',
          unit: 'ms',
          note: 'One guest after the other in the same cell. The bare hop instantiates and calls in a warm worker of a child process with --permission.',
        },
        samples,
        ({ ours }) => atMost(median(ours), AIMS.pooledStartMs, 'ms'),
      )
    } finally {
      hop.end()
    }
  },
}

/** A warm worker in a child process, asked to instantiate and call. */
async function bareHop(): Promise<{ there: () => Promise<number>; end: () => void }> {
  const child: ChildProcess = fork(fileURLToPath(new URL(`../children/bare-hop${EXTENSION}`, import.meta.url)), {
    execArgv: ['--no-warnings', '--permission', '--allow-worker', '--allow-fs-read=*'],
  })
  await once(child, 'message')
  return {
    there: () =>
      timed(async () => {
        const answer = once(child, 'message')
        child.send('run')
        await answer
      }),
    end: () => void child.kill('SIGKILL'),
  }
}
