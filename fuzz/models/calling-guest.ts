// A guest that can be asked for one host call at a time: it exports, under their own names, functions that make the calls it imports.
import { ABI, type AbiFunction } from '../../src/sandbox/host/abi/index.ts'
import {
  body,
  bytes,
  codeSection,
  END,
  exportSection,
  functionSection,
  functionType,
  importSection,
  instruction,
  limits,
  memorySection,
  moduleOf,
  name,
  typeSection,
  u32,
} from '../../src/wasm/writer.ts'

/** The entries of the table with these names, in their order. */
export const callsNamed = (...names: readonly string[]): AbiFunction[] =>
  names.map((wanted) => ABI.find((entry) => entry.name === wanted)!)

function passOn(call: AbiFunction, index: number): Uint8Array {
  const args = call.parameters.map((_, i) => instruction.localGet(i))
  return body(bytes(...args, instruction.call(index), END))
}

/** The module's bytes. It exports one function for each call, and its memory of one page. */
export function callingModule(calls: readonly AbiFunction[]): Uint8Array<ArrayBuffer> {
  const types = calls.map(({ parameters, result }) =>
    functionType(
      parameters.map(({ type }) => type),
      result === 'errno' ? ['i32'] : [],
    ),
  )
  return new Uint8Array(
    moduleOf(
      typeSection(...types),
      importSection(...calls.map((call, index) => bytes(name(call.module), name(call.name), 0x00, u32(index)))),
      functionSection(...calls.map((_, index) => index)),
      memorySection(limits({ min: 1, max: 1, is64: false, shared: false })),
      exportSection(
        ...calls.map((call, index) => bytes(name(call.name), 0x00, u32(calls.length + index))),
        bytes(name('memory'), 0x02, u32(0)),
      ),
      codeSection(...calls.map(passOn)),
    ),
  )
}
