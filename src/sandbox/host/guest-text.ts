// Text of a host call, read once and decoded strictly: what follows sees valid Unicode without NUL, or nothing (MEM-17, MEM-19).
import type { HostContext } from './context.ts'
import { ERRNO, GuestFault } from './errno.ts'
import { type Arguments, memoryOf } from './handler.ts'

// A byte order mark is text like any other: if it were taken away, two keys that differ in it would be one.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The text in the parameters `name` and `name_len`.
 *
 * @throws {GuestFault} `fault`; `ilseq` if it is not UTF-8, `inval` if there is a NUL in it
 */
export function readText(context: HostContext, args: Arguments, name: string): string {
  const bytes = memoryOf(context).read(args.i32(name), args.i32(`${name}_len`))
  let text: string
  try {
    text = decoder.decode(bytes)
  } catch {
    throw new GuestFault(ERRNO.ilseq)
  }
  if (text.includes('\0')) throw new GuestFault(ERRNO.inval)
  return text
}
