// Reading a module, which admission does before any engine sees it.
import { readModule, writer } from '../../src/wasm/index.ts'
import { timedNow } from '../support/clock.ts'
import { contest, rowOf } from '../support/contest.ts'
import { amount } from '../support/effort.ts'
import type { Measure } from '../support/measure.ts'

const { instruction } = writer

/** A module of about a mebibyte: functions full of ordinary arithmetic. */
export function megabyte(): Uint8Array<ArrayBuffer> {
  const step = writer.bytes(instruction.localGet(0), instruction.i32Const(123), 0x6a, instruction.localSet(0))
  const code = writer.body(writer.bytes(...Array.from({ length: 1000 }, () => step), instruction.localGet(0), instruction.end))
  const count = Math.ceil(2 ** 20 / code.length)
  return new Uint8Array(
    writer.moduleOf(
      writer.typeSection(writer.functionType(['i32'], ['i32'])),
      writer.functionSection(...Array.from({ length: count }, () => 0)),
      writer.codeSection(...Array.from({ length: count }, () => code)),
    ),
  )
}

export const reader: Measure = {
  id: 'reader',
  async *run(effort) {
    const bytes = megabyte()
    const samples = await contest(effort, amount(effort, 21, 3), () => timedNow(() => readModule(bytes)), {
      'WebAssembly.validate': () => timedNow(() => WebAssembly.validate(bytes)),
    })
    yield rowOf({ id: 'reader', what: 'read a module of 1 MiB', unit: 'ms' }, samples)
  },
}
