// tcp_connect and tls_certificate: connections are the broker's; the cell has a number for each socket.
import type { HostContext } from '../context.ts'
import { ERRNO } from '../errno.ts'
import { readText } from '../guest-text.ts'
import { type Arguments, type Handler, memoryOf } from '../handler.ts'
import { RIGHTS } from '../rights.ts'
import { askBroker } from './parameters.ts'

/** What a socket is for; listening is nobody's right (NET-15). */
const SOCKET_RIGHTS =
  RIGHTS.fd_read |
  RIGHTS.fd_write |
  RIGHTS.fd_fdstat_set_flags |
  RIGHTS.fd_filestat_get |
  RIGHTS.poll_fd_readwrite |
  RIGHTS.sock_shutdown

const endpoint = (context: HostContext, args: Arguments) => ({
  host: readText(context, args, 'host'),
  port: args.i32('port'),
  timeoutMs: args.i32('timeout_ms'),
})

export const tcpCalls: Readonly<Record<string, Handler>> = {
  tcp_connect: (context, args) => {
    const fields = endpoint(context, args)
    context.handles.reserve()
    const reply = askBroker(context, { operation: 'net.connect', fields })
    const fd = context.handles.open({
      kind: 'socket',
      id: Number(reply.fields['socket']),
      rights: { base: SOCKET_RIGHTS, inheriting: 0n },
      flags: 0,
    })
    const memory = memoryOf(context)
    memory.writeU64(args.i32('elapsed_ns'), BigInt(String(reply.fields['elapsedNs'])))
    memory.writeU32(args.i32('socket'), fd)
    return ERRNO.success
  },
  tls_certificate: (context, args) => {
    const { fields } = askBroker(context, { operation: 'net.certificate', fields: endpoint(context, args) })
    // All 24 bytes are written, padding too (MEM-20).
    const certificate = new DataView(new ArrayBuffer(24))
    certificate.setBigUint64(0, BigInt(String(fields['notBefore'])), true)
    certificate.setBigUint64(8, BigInt(String(fields['notAfter'])), true)
    certificate.setUint32(16, fields['authorized'] === true ? 1 : 0, true)
    memoryOf(context).write(args.i32('certificate'), new Uint8Array(certificate.buffer))
    return ERRNO.success
  },
}
