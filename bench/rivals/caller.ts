// Guests that do nothing but call one import, again and again.

import { writer } from '../../src/wasm/index.ts'
import type { Bytes } from '../../src/wasm/writer.ts'

const { instruction } = writer

/**
 * Exports `run`, which calls the import `count` times and gives 0; `_start`, which does the same; and a memory of one page.
 *
 * @param type of the import, which has one result
 * @param args instructions that push its arguments
 */
export function callingModule(
  module: string,
  name: string,
  count: number,
  type: Uint8Array,
  args: readonly Bytes[] = [],
): Uint8Array<ArrayBuffer> {
  const call = writer.bytes(...args, instruction.call(0), instruction.drop)
  const next = writer.bytes(instruction.localGet(0), instruction.i32Const(-1), 0x6a, 0x22, 0, instruction.brIf(0))
  const start = writer.bytes(instruction.i32Const(count), instruction.localSet(0))
  const run = writer.bytes(start, instruction.loop(writer.bytes(call, next)), instruction.i32Const(0), instruction.end)
  return new Uint8Array(
    writer.moduleOf(
      writer.typeSection(type, writer.functionType([], ['i32']), writer.functionType()),
      writer.importSection(writer.bytes(writer.name(module), writer.name(name), 0, 0)),
      writer.functionSection(1, 2),
      writer.memorySection(writer.limits({ min: 1, is64: false, shared: false })),
      writer.exportSection(
        writer.bytes(writer.name('memory'), 2, 0),
        writer.bytes(writer.name('run'), 0, 1),
        writer.bytes(writer.name('_start'), 0, 2),
      ),
      writer.codeSection(
        writer.body(run, [[1, 'i32']]),
        writer.body(writer.bytes(instruction.call(1), instruction.drop, instruction.end)),
      ),
    ),
  )
}
