// Taking the state of a guest and putting it back, into the same guest and into a new one.
import { QuickJS } from 'quickjs-wasi'
import { createSandbox } from '../../src/sandbox/index.ts'
import { writer } from '../../src/wasm/index.ts'
import { quickjsBytes } from '../rivals/quickjs.ts'
import { timed, timedNow } from '../support/clock.ts'
import { contest, rowOf } from '../support/contest.ts'
import { amount } from '../support/effort.ts'
import type { Measure } from '../support/measure.ts'

const { instruction } = writer

/** Pages of memory, about as many as a virtual machine of quickjs-wasi has. */
const PAGES = 22
const BYTES = PAGES * 65_536

/** `fill` writes to every eighth byte of the memory; `sum` adds them up, so that a restored guest can be asked. */
function fullGuest(): Uint8Array<ArrayBuffer> {
  const walk = (each: Uint8Array) =>
    writer.bytes(
      instruction.loop(
        writer.bytes(
          each,
          writer.bytes(instruction.localGet(0), instruction.i32Const(8), 0x6a, 0x22, 0),
          writer.bytes(instruction.i32Const(BYTES), 0x49, instruction.brIf(0)),
        ),
      ),
    )
  const store = writer.bytes(instruction.localGet(0), instruction.localGet(0), 0x36, writer.memarg(2, 0))
  const load = writer.bytes(
    instruction.localGet(1),
    instruction.localGet(0),
    0x28,
    writer.memarg(2, 0),
    0x6a,
    instruction.localSet(1),
  )
  return new Uint8Array(
    writer.moduleOf(
      writer.typeSection(writer.functionType(), writer.functionType([], ['i32'])),
      writer.functionSection(0, 1),
      writer.memorySection(writer.limits({ min: PAGES, is64: false, shared: false })),
      writer.exportSection(writer.bytes(writer.name('fill'), 0, 0), writer.bytes(writer.name('sum'), 0, 1)),
      writer.codeSection(
        writer.body(writer.bytes(walk(store), instruction.end), [[1, 'i32']]),
        writer.body(writer.bytes(walk(load), instruction.localGet(1), instruction.end), [[2, 'i32']]),
      ),
    ),
  )
}

export const snapshot: Measure = {
  id: 'snapshot',
  async *run(effort) {
    const bytes = fullGuest()
    const rounds = amount(effort, 21, 2)
    const principal = 'bench'
    await using sandbox = createSandbox()
    await using instance = await sandbox.create(bytes, undefined, { snapshots: true, principal })
    await instance.call('fill')
    const sum = (await instance.call('sum')).values[0]
    const taken = await instance.snapshot()
    const vm = await QuickJS.create({ wasm: new WebAssembly.Module(quickjsBytes()) })
    const theirs = vm.snapshot()
    const wasm = new WebAssembly.Module(quickjsBytes())
    const memory = new WebAssembly.Memory({ initial: PAGES })
    const note = `The guest has ${(BYTES / 2 ** 20).toFixed(1)} MiB of memory, all of it written to; that of quickjs-wasi has ${(theirs.memory.byteLength / 2 ** 20).toFixed(1)} MiB and lives in this thread.`
    yield rowOf(
      { id: 'snapshot/take', what: 'take the state of a guest in a jail', unit: 'ms', note },
      await contest(effort, rounds, () => timed(() => instance.snapshot()), {
        'quickjs-wasi': () => timedNow(() => vm.snapshot()),
        'a copy of the memory': () => timedNow(() => new Uint8Array(memory.buffer).slice()),
      }),
    )
    const copy = new Uint8Array(BYTES).fill(1)
    yield rowOf(
      { id: 'snapshot/reset', what: 'put a guest in a jail back into a state', unit: 'ms' },
      await contest(effort, rounds, () => timed(() => instance.restore(taken)), {
        'a copy of the memory': () => timedNow(() => new Uint8Array(memory.buffer).set(copy)),
      }),
    )
    const restore = async () => {
      const start = performance.now()
      const restored = await sandbox.restore(taken, bytes, undefined, { principal })
      const took = performance.now() - start
      const { values, message } = await restored.call('sum')
      await restored.terminate()
      if (values[0] !== sum) throw new Error(`the restored guest is not the same: ${message}`)
      return took
    }
    yield rowOf(
      { id: 'snapshot/restore', what: 'a new guest in a jail in a state that was taken', unit: 'ms', note },
      await contest(effort, rounds, restore, {
        'quickjs-wasi': () => timed(async () => (await QuickJS.restore(theirs, { wasm })).dispose()),
      }),
    )
    vm.dispose()
  },
}
