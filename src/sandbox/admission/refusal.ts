// Why a module is refused: a stable code, the place, one sentence, and the security events that go with it.
import type { MalformedModule } from '../../wasm/index.ts'
import type { LocalEvent } from '../host/context.ts'

export type RefusalCode =
  | 'not-a-module'
  | 'malformed'
  | 'limit'
  | 'signature-missing'
  | 'signature-invalid'
  | 'signature-untrusted'
  | 'module-revoked'
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
  | 'metering-unsupported'
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

/** The refusal of bytes that are not what the binary format says, whichever reader noticed. */
export function refusalOfMalformed(error: MalformedModule): Refusal {
  // Magic and version are the first eight bytes; what ends before or differs there is no module at all (MOD-16).
  const isModule = error.offset >= 8 && error.code !== 'bad-version' && error.code !== 'component'
  const what = isModule ? 'The module is malformed.' : 'This is not a WebAssembly core module.'
  return new Refusal(isModule ? 'malformed' : 'not-a-module', `${what} ${error.message}`, error.offset)
}
