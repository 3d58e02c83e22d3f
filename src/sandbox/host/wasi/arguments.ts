// args_* and environ_*: only what the embedder passed and the policy grants; nothing of the host process (WSI-11, WSI-12).

import type { HostContext } from '../context.ts'
import { ERRNO, type Errno } from '../errno.ts'
import { type Arguments, type Handler, memoryOf } from '../handler.ts'

const encoder = new TextEncoder()
/** C strings, one after the other. */
const encode = (strings: readonly string[]) => strings.map((text) => encoder.encode(`${text}\0`))
const total = (parts: readonly Uint8Array[]) => parts.reduce((sum, part) => sum + part.length, 0)

function sizes(context: HostContext, strings: readonly string[], countPointer: number, sizePointer: number): Errno {
  const memory = memoryOf(context)
  memory.check(countPointer, 4)
  memory.check(sizePointer, 4)
  memory.writeU32(countPointer, strings.length)
  memory.writeU32(sizePointer, total(encode(strings)))
  return ERRNO.success
}

function fill(context: HostContext, strings: readonly string[], pointers: number, buffer: number): Errno {
  const memory = memoryOf(context)
  const parts = encode(strings)
  // Both ranges before the first byte is written: no effect before every output pointer is known to be good (MEM-21).
  memory.check(pointers, parts.length * 4)
  memory.check(buffer, total(parts))
  let at = buffer
  parts.forEach((part, index) => {
    memory.writeU32(pointers + index * 4, at)
    memory.write(at, part)
    at += part.length
  })
  return ERRNO.success
}

export const argumentCalls: Readonly<Record<string, Handler>> = {
  args_sizes_get: (context: HostContext, args: Arguments) =>
    sizes(context, context.grants.args, args.i32('argc'), args.i32('argv_buf_size')),
  args_get: (context, args) => fill(context, context.grants.args, args.i32('argv'), args.i32('argv_buf')),
  environ_sizes_get: (context, args) => sizes(context, context.grants.env, args.i32('environc'), args.i32('environ_buf_size')),
  environ_get: (context, args) => fill(context, context.grants.env, args.i32('environ'), args.i32('environ_buf')),
}
