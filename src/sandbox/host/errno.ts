// Error numbers of WASI preview 1 that the sandbox returns. Source: WebAssembly/WASI, typenames.witx, `errno`.
export const ERRNO = {
  success: 0,
  '2big': 1,
  badf: 8,
  fault: 21,
  inval: 28,
  io: 29,
  mfile: 33,
  nosys: 52,
  notcapable: 76,
  notsup: 58,
  overflow: 61,
  perm: 63,
  pipe: 64,
  spipe: 70,
} as const
export type Errno = (typeof ERRNO)[keyof typeof ERRNO]

/** Thrown by handlers and GuestMemory for a fault of the guest; the gate turns it into the errno. It never leaves the gate. */
export class GuestFault {
  readonly errno: Errno
  constructor(errno: Errno) {
    this.errno = errno
  }
}
