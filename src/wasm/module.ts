// What the reader hands out: a module as plain data, with byte ranges instead of copies.

import type { Feature } from './features.ts'
import type { ExternalKind, ExternalType, GlobalType, Limits, TableType, TypeDefinition } from './types.ts'

/** Bytes of the module, by offset and length. */
export interface ByteRange {
  readonly offset: number
  readonly size: number
}

/** Names of the sections, by id. */
export const SECTION_NAMES = [
  'custom',
  'type',
  'import',
  'function',
  'table',
  'memory',
  'global',
  'export',
  'start',
  'element',
  'code',
  'data',
  'data count',
  'tag',
] as const

/** Ids of the sections other than custom, in the order in which they must occur (section 5.5.17). */
export const SECTION_ORDER = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11] as const
export type SectionId = (typeof SECTION_ORDER)[number]

export interface Section extends ByteRange {
  /** 0 for custom sections. */
  readonly id: number
  /** Name of a custom section; other sections have none. */
  readonly name?: string
  readonly payloadOffset: number
  readonly payloadSize: number
}

/** A custom section; the range is its contents behind the name. */
export interface CustomSection extends ByteRange {
  readonly name: string
}

export interface Import {
  readonly module: string
  readonly name: string
  readonly type: ExternalType
}

export interface Export {
  readonly name: string
  readonly kind: ExternalKind
  readonly index: number
}

export interface Table extends TableType {
  readonly imported: boolean
  /** Initial value of every element: a constant expression with its `end`. */
  readonly init?: ByteRange
}

export interface Memory {
  readonly imported: boolean
  readonly limits: Limits
}

export interface Tag {
  readonly imported: boolean
  readonly typeIndex: number
}

export interface Global extends GlobalType {
  readonly imported: boolean
  /** Initial value: a constant expression with its `end`. Absent for imported globals. */
  readonly init?: ByteRange
}

/** `declarative` segments only make functions available to `ref.func`. */
export type ElementMode = 'active' | 'passive' | 'declarative'

export interface ElementSegment {
  readonly mode: ElementMode
  /** Table that an active segment initialises. */
  readonly table?: number
  /** Number of elements. */
  readonly count: number
  readonly offset: number
}

export interface DataSegment {
  readonly mode: 'active' | 'passive'
  /** Memory that an active segment initialises. */
  readonly memory?: number
  /** The segment's bytes. */
  readonly contents: ByteRange
}

/** A function body; the range covers local declarations and instructions, not the size before them. */
export interface FunctionBody extends ByteRange {
  /** Offset of the first instruction. */
  readonly codeOffset: number
  /** Sum over all declarations, without parameters. */
  readonly declaredLocals: number
  /** Most blocks open at once; 0 for straight-line code. */
  readonly maxNesting: number
  /** All instructions, `else` and every `end` included. */
  readonly instructionCount: number
  /** Longest label list of a `br_table`, without the default label; 0 without one. */
  readonly maxBrTableTargets: number
}

/** A well-formed core module. Index spaces (functions, tables, memories, tags, globals) hold the imported entries first. */
export interface WasmModule {
  readonly byteLength: number
  readonly sections: readonly Section[]
  readonly customs: readonly CustomSection[]
  readonly types: readonly TypeDefinition[]
  readonly imports: readonly Import[]
  /** How many entries of each index space are imported. */
  readonly importCounts: { readonly [Kind in ExternalKind]: number }
  /** Type index of every function. */
  readonly functionTypeIndices: readonly number[]
  readonly tables: readonly Table[]
  readonly memories: readonly Memory[]
  readonly tags: readonly Tag[]
  readonly globals: readonly Global[]
  readonly exports: readonly Export[]
  /** Function index of the start function. */
  readonly start?: number
  readonly elements: readonly ElementSegment[]
  /** What the data count section declares. */
  readonly dataCount?: number
  /** One per defined function: body `i` is function `importCounts.function + i`. */
  readonly bodies: readonly FunctionBody[]
  readonly data: readonly DataSegment[]
  /** Each feature used beyond the first version of WebAssembly, with the byte offset of its first use. */
  readonly features: ReadonlyMap<Feature, number>
}

/** The parts of a module that instructions point into. */
export type IndexSpaces = Pick<
  WasmModule,
  'types' | 'functionTypeIndices' | 'tables' | 'memories' | 'tags' | 'globals' | 'elements'
> & { readonly dataCount?: number | undefined }
