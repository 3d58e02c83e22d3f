// What a mounted tree can do, whether it lies in the cell's memory or behind the broker. Every method throws GuestFault with the errno.
//
// A path here is relative, in the guest's own text, and resolved by the implementation component by component from the directory it is given
// to: a path that would leave that directory, absolute ones among them, is `perm` without a look at what is
// outside (FSX-01, FSX-02, FSX-13, FSX-30).

/** `filetype` of preview 1. */
export const FILE_TYPE = { unknown: 0, 'character-device': 2, directory: 3, 'regular-file': 4, 'symbolic-link': 7 } as const
export type FileType = (typeof FILE_TYPE)[keyof typeof FILE_TYPE]

/** Times in nanoseconds since the epoch, sizes in bytes. Device and inode are numbers of the sandbox's own (WSI-05). */
export interface Filestat {
  readonly device: bigint
  readonly inode: bigint
  readonly type: FileType
  readonly links: bigint
  readonly size: bigint
  readonly accessed: bigint
  readonly modified: bigint
  readonly changed: bigint
}

/** Null leaves a time as it is. */
export interface Times {
  readonly accessed: bigint | 'now' | null
  readonly modified: bigint | 'now' | null
}

export interface OpenHow {
  readonly create: boolean
  readonly exclusive: boolean
  readonly truncate: boolean
  /** The path must name a directory. */
  readonly directory: boolean
  /** Whether a symbolic link at the end of the path is followed; links on the way always are, as long as they stay below the directory. */
  readonly follow: boolean
  readonly read: boolean
  readonly write: boolean
}

export interface DirectoryEntry {
  readonly name: string
  readonly inode: bigint
  readonly type: FileType
}

export interface OpenFile {
  readonly kind: 'file'
  /** At most `length` bytes from `offset`; fewer only at the end of the file, or where the implementation's piece ends. */
  read(offset: bigint, length: number): Uint8Array
  /** Number of bytes written, which may be fewer. */
  write(offset: bigint, bytes: Uint8Array): number
  /** Writes at the end in one step; the file's new size, and the bytes written. */
  append(bytes: Uint8Array): { readonly end: bigint; readonly written: number }
  stat(): Filestat
  setSize(size: bigint): void
  setTimes(times: Times): void
  /** Makes the file at least `offset + length` bytes long. */
  allocate(offset: bigint, length: bigint): void
  sync(): void
  close(): void
}

export interface OpenDirectory {
  readonly kind: 'directory'
  /** False: every change is `rofs`. */
  readonly writable: boolean
  /** In a stable order, `.` and `..` first; `..` of a mount's root is the root itself. */
  entries(): readonly DirectoryEntry[]
  stat(): Filestat
  setTimes(times: Times): void
  sync(): void
  close(): void
  open(path: string, how: OpenHow): OpenFile | OpenDirectory
  statPath(path: string, follow: boolean): Filestat
  setTimesPath(path: string, follow: boolean, times: Times): void
  createDirectory(path: string): void
  removeDirectory(path: string): void
  unlink(path: string): void
  readLink(path: string): string
  symlink(target: string, path: string): void
  /** `xdev` unless both directories are of one mount. */
  link(path: string, follow: boolean, to: OpenDirectory, toPath: string): void
  rename(path: string, to: OpenDirectory, toPath: string): void
}

/** One entry of a tree that is given to a guest or comes back from it. Paths are relative to the mount, with `/` between names. */
export type TreeEntry =
  | { readonly type: 'file'; readonly path: string; readonly bytes: Uint8Array; readonly modifiedMs?: number }
  | { readonly type: 'directory'; readonly path: string }
  | { readonly type: 'symlink'; readonly path: string; readonly target: string }

/** What a guest changed in a tree of its own; the path is the guest's, absolute. */
export type TreeChange = TreeEntry | { readonly type: 'removed'; readonly path: string }

/** A mount as the cell gets it. `directory` has no entries: it is reached through the broker, by its number among the mounts. */
export interface MountSpec {
  readonly kind: 'memory' | 'snapshot' | 'directory'
  /** Guest path, such as `/data`. */
  readonly at: string
  readonly writable: boolean
  readonly entries: readonly TreeEntry[]
}

/** Quotas of all trees of one guest together. */
export interface TreeQuotas {
  /** Bytes of file contents in memory, snapshots included. */
  readonly bytes: number
  /** Files, directories and links. */
  readonly inodes: number
  /** Bytes of one name, UTF-8. */
  readonly nameBytes: number
  /** Bytes of one path, UTF-8. */
  readonly pathBytes: number
}
