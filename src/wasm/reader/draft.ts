// The module while it is being read: the same data as `WasmModule`, still growing.

import type { ByteCursor } from '../cursor.ts'
import { FeatureLog } from '../features.ts'
import { InstructionDecoder } from '../instructions.ts'
import type { ReaderLimits } from '../limits.ts'
import type * as data from '../module.ts'
import type { Scope } from '../scope.ts'
import type { ExternalKind, TypeDefinition } from '../types.ts'

export class Draft {
  sections: data.Section[] = []
  customs: data.CustomSection[] = []
  types: TypeDefinition[] = []
  imports: data.Import[] = []
  importCounts: Record<ExternalKind, number> = { function: 0, table: 0, memory: 0, global: 0, tag: 0 }
  functionTypeIndices: number[] = []
  tables: data.Table[] = []
  memories: data.Memory[] = []
  tags: data.Tag[] = []
  globals: data.Global[] = []
  exports: data.Export[] = []
  start: number | undefined
  elements: data.ElementSegment[] = []
  dataCount: number | undefined
  bodies: data.FunctionBody[] = []
  data: data.DataSegment[] = []
}

/** Everything that a section's reader works on. */
export class Reading implements Scope {
  readonly cursor: ByteCursor
  readonly limits: ReaderLimits
  readonly features = new FeatureLog()
  readonly draft = new Draft()
  /** One decoder for all constant expressions and bodies: there can be ten million of them. */
  readonly decoder: InstructionDecoder
  typesInScope = 0
  /** Payload bytes of the custom sections so far. */
  customBytes = 0

  constructor(cursor: ByteCursor, limits: ReaderLimits) {
    this.cursor = cursor
    this.limits = limits
    this.decoder = new InstructionDecoder(cursor, this)
  }

  get spaces(): Draft {
    return this.draft
  }

  /** Byte offset that is read next. */
  get at(): number {
    return this.cursor.position
  }
}
