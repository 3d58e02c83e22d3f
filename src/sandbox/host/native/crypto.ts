// crypto_*: hashes are made in the cell; keys stay with the embedder, and what is here is a number for each that the guest has open.
import { createHash } from 'node:crypto'
import { HASHES } from '../abi/native.ts'
import type { HostContext } from '../context.ts'
import { ERRNO, type Errno } from '../errno.ts'
import { readText } from '../guest-text.ts'
import { type Arguments, type Handler, memoryOf } from '../handler.ts'
import type { KeyHandle } from '../handles.ts'
import { askBroker, giveAnswer, readChoice } from './parameters.ts'

/** Work in pieces: a guest that hashes 64 MiB costs the host 64 KiB (RES-05). */
const PIECE = 65_536

function hash(context: HostContext, args: Arguments): Errno {
  const digest = createHash(readChoice(args, 'algorithm', HASHES).replace('-', ''))
  const memory = memoryOf(context)
  const start = args.i32('data')
  const length = args.i32('data_len')
  for (let done = 0; done < length; done += PIECE) digest.update(memory.read(start + done, Math.min(PIECE, length - done)))
  return giveAnswer(context, args, digest.digest(), 'digest', 'digestused')
}

/** Gives a key back to the broker, once its handle is out of the table: for crypto_close and whatever else closes handles. */
export function closeKey(context: HostContext, { id }: KeyHandle): void {
  askBroker(context, { operation: 'crypto.close', fields: { key: id } })
}

export const cryptoCalls: Readonly<Record<string, Handler>> = {
  crypto_hash: hash,
  crypto_key: (context, args) => {
    const name = readText(context, args, 'name')
    context.handles.reserve()
    const { fields } = askBroker(context, { operation: 'crypto.key', fields: { name } })
    const fd = context.handles.open({ kind: 'key', id: Number(fields['key']) })
    memoryOf(context).writeU32(args.i32('key'), fd)
    return ERRNO.success
  },
  crypto_sign: (context, args) => {
    const { id } = context.handles.getOf(args.i32('fd'), 'key')
    const body = memoryOf(context).read(args.i32('data'), args.i32('data_len'))
    const reply = askBroker(context, { operation: 'crypto.sign', fields: { key: id }, body })
    return giveAnswer(context, args, reply.body, 'signature', 'signatureused')
  },
  crypto_verify: (context, args) => {
    const { id } = context.handles.getOf(args.i32('fd'), 'key')
    const memory = memoryOf(context)
    const data = memory.read(args.i32('data'), args.i32('data_len'))
    const signature = memory.read(args.i32('signature'), args.i32('signature_len'))
    const body = Buffer.concat([data, signature])
    const { fields } = askBroker(context, { operation: 'crypto.verify', fields: { key: id, data: data.length }, body })
    memory.writeU32(args.i32('valid'), fields['valid'] === true ? 1 : 0)
    return ERRNO.success
  },
  crypto_close: (context, args) => {
    const fd = args.i32('fd')
    const key = context.handles.getOf(fd, 'key')
    context.handles.close(fd)
    closeKey(context, key)
    return ERRNO.success
  },
}
