// Exported functions: which may be called, with what, and the two names that WASI gives a meaning to.
import type { FunctionType, ValueType, WasmModule } from '../../wasm/index.ts'
import { Refusal } from './refusal.ts'

export type NumericType = 'i32' | 'i64' | 'f32' | 'f64'
export interface Signature {
  readonly params: readonly NumericType[]
  readonly results: readonly NumericType[]
}

const isNumeric = (type: ValueType): type is NumericType => type === 'i32' || type === 'i64' || type === 'f32' || type === 'f64'

/**
 * Functions that can be called from outside, by export name: those whose parameters and results are numbers. References and vectors do not
 * cross the boundary (MEM-23), so other exported functions are simply not callable.
 *
 * @throws {Refusal} if `_start` or `_initialize` is something else than WASI says (LNK-10), or both are there (LNK-13)
 */
export function callableFunctions(module: WasmModule): Map<string, Signature> {
  const functions = new Map<string, Signature>()
  for (const { name, kind, index } of module.exports) {
    const signature = kind === 'function' ? signatureOf(module.types[module.functionTypeIndices[index]!] as FunctionType) : null
    if (
      (name === '_start' || name === '_initialize') &&
      !(signature && signature.params.length + signature.results.length === 0)
    ) {
      throw new Refusal('entry-signature', `The export ${name} must be a function without parameters and results.`)
    }
    if (signature) functions.set(name, signature)
  }
  if (functions.has('_start') && functions.has('_initialize')) {
    throw new Refusal(
      'entry-ambiguous',
      'The module exports both _start and _initialize; it must be a command or a reactor, not both.',
    )
  }
  return functions
}

/** Null for a function whose type has anything but numbers. */
function signatureOf({ params, results }: FunctionType): Signature | null {
  return params.every(isNumeric) && results.every(isNumeric) ? { params, results } : null
}
