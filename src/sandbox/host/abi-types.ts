// The shape of the ABI table: what a host call's parameters mean. Binding, admission, documentation and attack generators are derived from it.

/** Core types that cross the boundary. i32 and i64 are unsigned once decoded. */
export type AbiValueType = 'i32' | 'i64'

/** Layouts in guest memory that a pointer can point to. Sizes are those of the preview 1 specification. */
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
} as const
export type Layout = keyof typeof LAYOUT_BYTES

export type Meaning =
  /** Handle of the guest's own table. */
  | { readonly kind: 'fd' }
  /** Address of `count` elements of `layout`; `count` is a number, the name of the parameter that holds it, or unknown to the table (the handler checks). */
  | { readonly kind: 'pointer'; readonly to: Layout; readonly count: number | string | null; readonly direction: 'in' | 'out' }
  /** Number of elements or bytes of the pointer parameter before it. */
  | { readonly kind: 'length' }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'flags'; readonly bits: number }
  | { readonly kind: 'value' }

export interface AbiParameter {
  readonly name: string
  readonly type: AbiValueType
  readonly meaning: Meaning
}

/** A capability of the policy, or `always` for calls that need none, or one that no policy of this version can grant. */
export type AbiCapability = 'always' | 'stdio' | 'args' | 'env' | 'clock' | 'random' | 'fs' | 'net' | 'poll' | 'signals'

export interface AbiFunction {
  readonly module: string
  readonly name: string
  readonly parameters: readonly AbiParameter[]
  /** `errno`: an i32 error number. `never`: the call does not return. */
  readonly result: 'errno' | 'never'
  readonly capability: AbiCapability
  /** False: the call is known, so that its refusal can say what it is, but the sandbox does not offer it. */
  readonly offered: boolean
}
