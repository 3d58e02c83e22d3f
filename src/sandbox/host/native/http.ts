// http_*: the cell decodes and asks; requests are made, and redirects decided, by the broker.
import type { HostContext } from '../context.ts'
import { ERRNO, type Errno } from '../errno.ts'
import { readText } from '../guest-text.ts'
import { type Arguments, type Handler, memoryOf } from '../handler.ts'
import type { ResponseHandle } from '../handles.ts'
import { askBroker, giveAnswer } from './parameters.ts'

/** Most bytes of a body that one call gives, however much room the guest has (RES-05). */
const MAX_PIECE = 2 ** 20

function request(context: HostContext, args: Arguments): Errno {
  const memory = memoryOf(context)
  const fields = {
    method: readText(context, args, 'method'),
    url: readText(context, args, 'url'),
    headers: readText(context, args, 'headers'),
    timeoutMs: args.i32('timeout_ms'),
  }
  const body = memory.read(args.i32('body'), args.i32('body_len'))
  context.handles.reserve()
  const reply = askBroker(context, { operation: 'net.http', fields, body })
  const fd = context.handles.open({
    kind: 'response',
    id: Number(reply.fields['response']),
    status: Number(reply.fields['status']),
    headers: reply.body,
  })
  memory.writeU32(args.i32('response'), fd)
  return ERRNO.success
}

function readBody(context: HostContext, args: Arguments): Errno {
  const memory = memoryOf(context)
  const { id } = context.handles.getOf(args.i32('fd'), 'response')
  const max = Math.min(args.i32('buf_len'), MAX_PIECE)
  const body =
    max === 0 ? new Uint8Array(0) : askBroker(context, { operation: 'net.httpBody', fields: { response: id, max } }).body
  memory.write(args.i32('buf'), body)
  memory.writeU32(args.i32('bufused'), body.length)
  return ERRNO.success
}

/** Gives a response back to the broker, once its handle is out of the table. */
export function closeResponse(context: HostContext, { id }: ResponseHandle): void {
  askBroker(context, { operation: 'net.httpClose', fields: { response: id } })
}

export const httpCalls: Readonly<Record<string, Handler>> = {
  http_request: request,
  http_status: (context, args) => {
    memoryOf(context).writeU32(args.i32('status'), context.handles.getOf(args.i32('fd'), 'response').status)
    return ERRNO.success
  },
  http_headers: (context, args) => giveAnswer(context, args, context.handles.getOf(args.i32('fd'), 'response').headers),
  http_body: readBody,
  http_close: (context, args) => {
    const fd = args.i32('fd')
    const response = context.handles.getOf(fd, 'response')
    context.handles.close(fd)
    closeResponse(context, response)
    return ERRNO.success
  },
}
