// The ABI table: every host call that the sandbox offers. Adding one is a row here and a handler in handlers.ts.
import { NATIVE_MODULE, NATIVE_ROWS } from './native.ts'
import { abiFunction } from './rows.ts'
import type { AbiFunction } from './types.ts'
import { WASI_MODULE, WASI_ROWS } from './wasi.ts'

export { errnoName } from '../errno.ts'
export { NATIVE_MODULE } from './native.ts'
export type { AbiFunction, AbiParameter, AbiValueType, Capability, HandleKind, Layout, Meaning, Place } from './types.ts'
export { LAYOUT_BYTES } from './types.ts'
export { WASI_MODULE } from './wasi.ts'

export const ABI: readonly AbiFunction[] = [
  ...WASI_ROWS.map((row) => abiFunction(WASI_MODULE, row)),
  ...NATIVE_ROWS.map((row) => abiFunction(NATIVE_MODULE, row)),
]

// Keyed by a string that no pair of names can produce twice: a name cannot hold an unpaired surrogate (core specification 5.2.4).
const key = (module: string, name: string) => `${module}\ud800${name}`
const INDEX: ReadonlyMap<string, AbiFunction> = new Map(ABI.map((entry) => [key(entry.module, entry.name), entry]))

/** The table's entry for an import, by exact name in both parts; a Map, because the names are the guest's (LNK-01, LNK-04). */
export const findAbiFunction = (module: string, name: string): AbiFunction | undefined => INDEX.get(key(module, name))
