// The shape of the ABI table: what a host call's parameters mean. Binding, admission, documentation and attack generators are derived from it.
import type { ErrnoName } from '../errno.ts'

/** Core types that cross the boundary. i32 and i64 are unsigned once decoded. */
export type AbiValueType = 'i32' | 'i64' | 'f64'

/** Layouts in guest memory that a pointer can point to. Sizes in bytes; those of preview 1 are its specification's. */
export const LAYOUT_BYTES = {
  u8: 1,
  u32: 4,
  u64: 8,
  /** `ciovec` and `iovec`: pointer and length. */
  iovec: 8,
  /** Array of pointers, as `args_get` fills it. */
  'pointer-array': 4,
  fdstat: 24,
  filestat: 64,
  prestat: 8,
  dirent: 24,
  event: 32,
  subscription: 48,
  /** Native namespace: not before and not after in seconds since the epoch (u64 each), then `authorized` (u32) and padding. */
  certificate: 24,
} as const
export type Layout = keyof typeof LAYOUT_BYTES

/** What a handle stands for; a call on a handle of another kind answers an errno. */
export type HandleKind = 'stream' | 'file' | 'directory' | 'socket' | 'response' | 'key'

/** What bytes in guest memory hold, for decoding, documentation and generators. `text` and `path` are UTF-8 and refused with `ilseq` otherwise. */
export type Content = 'bytes' | 'text' | 'path'

export type Meaning =
  /** Handle of the guest's own table. */
  | { readonly kind: 'fd'; readonly of: readonly HandleKind[] }
  /** Address of `count` elements of `layout`; `count` is a number, the name of the parameter that holds it, or unknown to the table (the handler checks). */
  | {
      readonly kind: 'pointer'
      readonly to: Layout
      readonly count: number | string | null
      readonly direction: 'in' | 'out'
      readonly content: Content
      /** The u32 written here is a new handle of this kind. */
      readonly yields?: HandleKind
    }
  /** Number of elements or bytes of the pointer parameter before it. More than `max` answers an errno before anything is allocated. */
  | { readonly kind: 'length'; readonly max: number }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'flags'; readonly bits: number }
  | { readonly kind: 'value' }

export interface AbiParameter {
  readonly name: string
  readonly type: AbiValueType
  readonly meaning: Meaning
}

/** The capabilities of a policy that make host calls available. */
export type Capability = 'stdio' | 'clock' | 'random' | 'fs' | 'net' | 'kv' | 'log' | 'metric' | 'result' | 'crypto'

/** Where a call does its work: in the guest's own thread, or in the host process through the broker. `either` depends on the handle. */
export type Place = 'cell' | 'broker' | 'either'

export interface AbiFunction {
  readonly module: string
  readonly name: string
  readonly parameters: readonly AbiParameter[]
  /** `errno`: an i32 error number. `never`: the call does not return. */
  readonly result: 'errno' | 'never'
  /** Any one of these makes the call available; none means that it always is, because its authority is in a handle or it has none. */
  readonly capabilities: readonly Capability[]
  readonly place: Place
  /** Every error number that the call can answer, `success` left out. */
  readonly errnos: readonly ErrnoName[]
  /** Fuel: for the call, and for each KiB that it moves. */
  readonly cost: { readonly call: number; readonly perKiB: number }
  /** One sentence for the reference. */
  readonly summary: string
  /** Where the call does something else than the specification of preview 1 says or leads one to expect. */
  readonly deviation?: string
}
