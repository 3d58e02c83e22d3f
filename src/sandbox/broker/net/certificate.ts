// The operation net.certificate: looks at a certificate without trusting it, and so without sending anything.
import type { Fields } from '../fields.ts'
import { type Prepared, Refused } from '../operation.ts'
import { dial, handshake } from './dial.ts'
import { type EndpointParts, endpointOperation } from './sockets.ts'

export const certificateOperation = (parts: EndpointParts, fields: Fields): Prepared =>
  endpointOperation(parts, 'tls_certificate', fields, async (endpoint, object, signal, decide) => {
    const { socket } = await dial(parts.dialler, { hostCall: 'tls_certificate', object, ...endpoint }, signal, decide)
    const tls = await handshake(socket, endpoint.host, parts.dialler, false, signal)
    const moved = socket.bytesRead + socket.bytesWritten
    const certificate = tls.getPeerX509Certificate()
    const { authorized } = tls
    tls.destroy()
    socket.destroy()
    parts.usage.wire(moved)
    if (!certificate) throw new Refused('proto')
    const { validFrom, validTo } = certificate
    return { errno: 'success', fields: { notBefore: seconds(validFrom), notAfter: seconds(validTo), authorized } }
  })

/** Digits, because the numbers have 64 bits; what is before the epoch counts as its beginning. */
function seconds(date: string): string {
  const milliseconds = Date.parse(date)
  if (Number.isNaN(milliseconds)) throw new Refused('proto')
  return String(Math.max(0, Math.floor(milliseconds / 1000)))
}
