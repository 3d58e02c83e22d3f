// Names: length-prefixed UTF-8, decoded without replacement characters (section 5.2.4).

import type { ByteCursor } from './cursor.ts'
import { MalformedModule } from './errors.ts'
import { readU32 } from './leb128.ts'
import { checkLimit, type ReaderLimits } from './limits.ts'

// A byte order mark is part of the name: dropping it would make two different names equal.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Up to this many bytes, plain ASCII is decoded here: calling the decoder costs more than it saves. */
const SHORT = 24

/** Reads a name. Throws `MalformedModule` for invalid UTF-8 and `ModuleLimitExceeded` for one longer than `maxNameBytes`. */
export function readName(cursor: ByteCursor, limits: ReaderLimits): string {
  const at = cursor.position
  const length = readU32(cursor)
  checkLimit(limits, 'maxNameBytes', length, at)
  const start = cursor.skip(length)
  const bytes = cursor.bytes.subarray(start, start + length)
  if (length <= SHORT && bytes.every((byte) => byte < 0x80)) return String.fromCharCode(...bytes)
  try {
    return decoder.decode(bytes)
  } catch {
    throw new MalformedModule('invalid-utf8', start, 'a name is not valid UTF-8')
  }
}
