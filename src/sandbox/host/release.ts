// Gives back everything that a guest has open, for one that another takes the place of. Nothing that goes wrong with one handle keeps the others.
import type { HostContext } from './context.ts'
import type { Handle } from './handles.ts'
import { closeKey } from './native/crypto.ts'
import { closeResponse } from './native/http.ts'
import { closeSocket } from './wasi/sockets.ts'

export function releaseHandles(context: HostContext): void {
  for (const [fd, handle] of context.handles.entries()) {
    context.handles.close(fd)
    try {
      release(context, handle)
    } catch {
      // The broker has it still, and ends it with the rest when the instance ends.
    }
  }
}

function release(context: HostContext, handle: Handle): void {
  if (handle.kind === 'file') handle.file.close()
  else if (handle.kind === 'directory') handle.directory.close()
  else if (handle.kind === 'socket') closeSocket(context, handle)
  else if (handle.kind === 'response') closeResponse(context, handle)
  else if (handle.kind === 'key') closeKey(context, handle)
}
