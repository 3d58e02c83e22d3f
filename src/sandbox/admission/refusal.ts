// Why a module is refused: a stable code, the place, one sentence, and the security events that go with it.
import type { LocalEvent } from '../host/context.ts'

export type RefusalCode =
  | 'not-a-module'
  | 'malformed'
  | 'limit'
  | 'feature'
  | 'manifest-invalid'
  | 'import-unknown'
  | 'import-not-granted'
  | 'import-signature'
  | 'import-kind'
  | 'export-reserved'
  | 'entry-signature'
  | 'entry-ambiguous'
  | 'entry-missing'
  | 'memory-limit'
  | 'table-limit'
  | 'memory-kind'
  | 'engine-rejected'

/** Thrown inside admission; never leaves it as an exception. */
export class Refusal extends Error {
  readonly code: RefusalCode
  /** Byte offset in the module, where there is one. */
  readonly offset: number | null
  readonly events: readonly LocalEvent[]

  /** @param message one sentence, guest text neutralised */
  constructor(code: RefusalCode, message: string, offset: number | null = null, events: readonly LocalEvent[] = []) {
    super(message)
    this.code = code
    this.offset = offset
    this.events = [{ type: 'module-refused', severity: 'warning', message, code, offset }, ...events]
  }
}
