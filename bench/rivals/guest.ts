// The guest of the start-up measures: one that every rival can run, and that does nothing.
import { writer } from '../../src/wasm/index.ts'

const { instruction } = writer

/**
 * Exports a memory of one page, `run` (which gives 0) and an empty `_start`.
 *
 * @param mark makes modules that differ, so that no cache knows them
 */
export function idleGuest(mark = 0): Uint8Array<ArrayBuffer> {
  const kept = writer.bytes(instruction.i32Const(mark), instruction.drop)
  return new Uint8Array(
    writer.moduleOf(
      writer.typeSection(writer.functionType([], ['i32']), writer.functionType()),
      writer.functionSection(0, 1),
      writer.memorySection(writer.limits({ min: 1, is64: false, shared: false })),
      writer.exportSection(
        writer.bytes(writer.name('memory'), 2, 0),
        writer.bytes(writer.name('run'), 0, 0),
        writer.bytes(writer.name('_start'), 0, 1),
      ),
      writer.codeSection(
        writer.body(writer.bytes(kept, instruction.i32Const(0), instruction.end)),
        writer.body(writer.bytes(instruction.end)),
      ),
    ),
  )
}
