// What the operating system says, as errors of preview 1. The code is all that is looked at: messages hold paths of the host's.
import { ERRNO, type Errno, type ErrnoName, errnoName, GuestFault } from '../../host/errno.ts'
import { Refused } from '../operation.ts'

// What is not here is `io`: nothing that a guest could do about it, and no detail that it should have.
const BY_CODE: ReadonlyMap<string, ErrnoName> = new Map(
  Object.entries({
    EACCES: 'acces',
    EBUSY: 'busy',
    EDQUOT: 'dquot',
    EEXIST: 'exist',
    EFBIG: 'fbig',
    EINVAL: 'inval',
    EISDIR: 'isdir',
    ELOOP: 'loop',
    EMFILE: 'mfile',
    EMLINK: 'mlink',
    ENAMETOOLONG: 'nametoolong',
    ENFILE: 'mfile',
    ENOENT: 'noent',
    ENOSPC: 'nospc',
    ENOTDIR: 'notdir',
    ENOTEMPTY: 'notempty',
    ENXIO: 'nxio',
    EPERM: 'perm',
    EROFS: 'rofs',
    ETXTBSY: 'txtbsy',
    EXDEV: 'xdev',
  } as const satisfies Record<string, ErrnoName>),
)

/** The code of an error of the operating system, such as `ENOENT`; null if it is none. */
export function osCode(error: unknown): string | null {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : null
}

/** Thrown while a request is dealt with: the guest's fault and the operating system's refusal become {@link Refused}, the rest stays. */
export function refusalOf(error: unknown): unknown {
  if (error instanceof GuestFault) return new Refused(errnoName(error.errno) ?? 'io')
  const code = osCode(error)
  return code === null ? error : new Refused(BY_CODE.get(code) ?? 'io')
}

/** A fault with a reason that the embedder is told: the guest reached for something that its mount does not serve. */
export class Denied extends GuestFault {
  /** Goes on from "The guest asked for …, which". */
  readonly why: string
  constructor(errno: Errno, why: string) {
    super(errno)
    this.why = why
  }
}

export const fault = (name: ErrnoName): GuestFault => new GuestFault(ERRNO[name])
