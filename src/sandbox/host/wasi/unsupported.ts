// Calls of preview 1 that nothing stands behind.
import { ERRNO } from '../errno.ts'
import type { Handler } from '../handler.ts'
import { descriptorOf } from './handle-access.ts'

export const unsupportedCalls: Readonly<Record<string, Handler>> = {
  /** There are no signals, to the guest or to anything else. */
  proc_raise: () => ERRNO.notsup,
  /** No capability lets a guest listen, so nothing can be accepted (NET-15). */
  sock_accept: (context, args) => (descriptorOf(context, args.i32('fd')).kind === 'socket' ? ERRNO.notsup : ERRNO.notsock),
}
