// The standard streams as handles.
import type { StreamHandle } from './handles.ts'
import { RIGHTS } from './rights.ts'

/** In the order of their numbers. */
export const STREAMS = ['stdin', 'stdout', 'stderr'] as const

const COMMON = RIGHTS.fd_fdstat_set_flags | RIGHTS.fd_filestat_get | RIGHTS.poll_fd_readwrite

export const streamHandle = (stream: StreamHandle['stream']): StreamHandle => ({
  kind: 'stream',
  stream,
  rights: { base: COMMON | (stream === 'stdin' ? RIGHTS.fd_read : RIGHTS.fd_write), inheriting: 0n },
  flags: 0,
})
