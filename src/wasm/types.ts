// Types as plain data: value, composite and external types of section 5.3, in a form that reads like the text format.

/** Heap types without a definition, by the byte that encodes them, with the shorthand for a nullable reference to them. */
export const ABSTRACT_HEAP_TYPES = [
  { byte: 0x69, heapType: 'exn', shorthand: 'exnref' },
  { byte: 0x6a, heapType: 'array', shorthand: 'arrayref' },
  { byte: 0x6b, heapType: 'struct', shorthand: 'structref' },
  { byte: 0x6c, heapType: 'i31', shorthand: 'i31ref' },
  { byte: 0x6d, heapType: 'eq', shorthand: 'eqref' },
  { byte: 0x6e, heapType: 'any', shorthand: 'anyref' },
  { byte: 0x6f, heapType: 'extern', shorthand: 'externref' },
  { byte: 0x70, heapType: 'func', shorthand: 'funcref' },
  { byte: 0x71, heapType: 'none', shorthand: 'nullref' },
  { byte: 0x72, heapType: 'noextern', shorthand: 'nullexternref' },
  { byte: 0x73, heapType: 'nofunc', shorthand: 'nullfuncref' },
  { byte: 0x74, heapType: 'noexn', shorthand: 'nullexnref' },
] as const

/** Number and vector types, by byte. */
export const NUMBER_TYPES = [
  { byte: 0x7b, name: 'v128' },
  { byte: 0x7c, name: 'f64' },
  { byte: 0x7d, name: 'f32' },
  { byte: 0x7e, name: 'i64' },
  { byte: 0x7f, name: 'i32' },
] as const

export type NumberType = (typeof NUMBER_TYPES)[number]['name']
export type AbstractHeapType = (typeof ABSTRACT_HEAP_TYPES)[number]['heapType']
export type ReferenceShorthand = (typeof ABSTRACT_HEAP_TYPES)[number]['shorthand']

/** A type index or the name of an abstract heap type. */
export type HeapType = number | AbstractHeapType

/**
 * A reference type as the text format writes it, in one form only: a nullable reference to an abstract heap type is always the
 * shorthand (`funcref`), everything else is spelt out (`(ref func)`, `(ref null 3)`). Equal strings are equal types within one module.
 */
export type ReferenceType = ReferenceShorthand | `(ref ${HeapType})` | `(ref null ${number})`

export type ValueType = NumberType | ReferenceType

/** What a struct field or array element holds. */
export type StorageType = ValueType | 'i8' | 'i16'

export interface FieldType {
  readonly type: StorageType
  readonly mutable: boolean
}

/** Consecutive types defined together; each type outside an explicit group is a group of one. */
export interface RecursionGroup {
  /** Type index of the first member. */
  readonly start: number
  readonly size: number
  /** Whether the module wrote the group with `rec`. */
  readonly explicit: boolean
}

interface DefinedType {
  readonly group: RecursionGroup
  /** Whether no other type may declare it as its supertype. */
  readonly final: boolean
  /** Type index of the declared supertype. */
  readonly supertype?: number
  /** Byte offset of the definition. */
  readonly offset: number
}

export interface FunctionType extends DefinedType {
  readonly kind: 'function'
  readonly params: readonly ValueType[]
  readonly results: readonly ValueType[]
}

export interface StructType extends DefinedType {
  readonly kind: 'struct'
  readonly fields: readonly FieldType[]
}

export interface ArrayType extends DefinedType {
  readonly kind: 'array'
  readonly element: FieldType
}

export type TypeDefinition = FunctionType | StructType | ArrayType

/** Size bounds of a memory (in pages of 64 KiB) or a table (in elements). */
export interface Limits {
  readonly min: number
  readonly max?: number
  /** Whether addresses are 64 bits wide. */
  readonly is64: boolean
  readonly shared: boolean
}

export interface TableType {
  readonly elementType: ReferenceType
  readonly limits: Limits
}

export interface GlobalType {
  readonly type: ValueType
  readonly mutable: boolean
}

/** Names as in `WebAssembly.Module.imports()` and `.exports()`. */
export const EXTERNAL_KINDS = ['function', 'table', 'memory', 'global', 'tag'] as const
export type ExternalKind = (typeof EXTERNAL_KINDS)[number]

/** What an import asks for. `typeIndex` points at a function type of the module. */
export type ExternalType =
  | { readonly kind: 'function'; readonly typeIndex: number }
  | ({ readonly kind: 'table' } & TableType)
  | { readonly kind: 'memory'; readonly limits: Limits }
  | ({ readonly kind: 'global' } & GlobalType)
  | { readonly kind: 'tag'; readonly typeIndex: number }
