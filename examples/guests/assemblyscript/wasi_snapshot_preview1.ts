// The calls of wasi_snapshot_preview1. Written by examples/guests/bindings.ts from the table of host calls; do not edit.
// The compiler takes the name of the module from the name of this file.
// @ts-nocheck: the types are those of AssemblyScript.

/** Writes the program arguments: those that the embedder passes, never those of the host process. */
export declare function args_get(argv: u32, argvBuf: u32): u32

/** Tells number and size of the program arguments. */
export declare function args_sizes_get(argc: u32, argvBufSize: u32): u32

/** Tells the resolution of a clock: the granularity of the policy. */
export declare function clock_res_get(id: u32, resolution: u32): u32

/** Tells the time in nanoseconds, rounded down to the granularity of the policy. */
export declare function clock_time_get(id: u32, precision: u64, time: u32): u32

/** Writes the environment variables: those that the embedder passes, never those of the host process. */
export declare function environ_get(environ: u32, environBuf: u32): u32

/** Tells number and size of the environment variables. */
export declare function environ_sizes_get(environc: u32, environBufSize: u32): u32

/** Takes advice on how a file will be used, and does nothing with it. */
export declare function fd_advise(fd: u32, offset: u64, len: u64, advice: u32): u32

/** Makes a file at least so long; the new bytes count against the quota at once. */
export declare function fd_allocate(fd: u32, offset: u64, len: u64): u32

/** Closes a handle; its number can be given out again. */
export declare function fd_close(fd: u32): u32

/** Waits until written data has reached the device; in memory there is nothing to wait for. */
export declare function fd_datasync(fd: u32): u32

/** Tells type, flags and rights of a handle. */
export declare function fd_fdstat_get(fd: u32, stat: u32): u32

/** Sets append and nonblock of a handle; the synchronising flags are not supported. */
export declare function fd_fdstat_set_flags(fd: u32, flags: u32): u32

/** Gives up rights of a handle; rights that it does not have cannot be asked for. */
export declare function fd_fdstat_set_rights(fd: u32, fsRightsBase: u64, fsRightsInheriting: u64): u32

/** Tells the attributes of what a handle stands for; devices and inodes are the sandbox’s own numbers. */
export declare function fd_filestat_get(fd: u32, stat: u32): u32

/** Cuts or extends a file; new bytes are zero and count against the quota at once. */
export declare function fd_filestat_set_size(fd: u32, size: u64): u32

/** Sets the times of a file or directory. */
export declare function fd_filestat_set_times(fd: u32, atim: u64, mtim: u64, fstFlags: u32): u32

/** Reads at an offset without moving the position. */
export declare function fd_pread(fd: u32, iovs: u32, iovsLen: u32, offset: u64, nread: u32): u32

/** Writes the guest path of a mount. */
export declare function fd_prestat_dir_name(fd: u32, path: u32, pathLen: u32): u32

/** Tells whether a handle is a mount, and the size of its guest path. */
export declare function fd_prestat_get(fd: u32, prestat: u32): u32

/** Writes at an offset without moving the position. */
export declare function fd_pwrite(fd: u32, iovs: u32, iovsLen: u32, offset: u64, nwritten: u32): u32

/** Reads from standard input, a file or a socket. */
export declare function fd_read(fd: u32, iovs: u32, iovsLen: u32, nread: u32): u32

/** Lists a directory from a cookie on; the last entry is cut where the room ends. */
export declare function fd_readdir(fd: u32, buf: u32, bufLen: u32, cookie: u64, bufused: u32): u32

/** Moves a handle to the number of another, which is closed. Both must be open. */
export declare function fd_renumber(fd: u32, to: u32): u32

/** Moves the position of a file. */
export declare function fd_seek(fd: u32, offset: u64, whence: u32, newoffset: u32): u32

/** Waits until data and attributes have reached the device. */
export declare function fd_sync(fd: u32): u32

/** Tells the position of a file. */
export declare function fd_tell(fd: u32, offset: u32): u32

/** Writes to standard output, standard error, a file or a socket. */
export declare function fd_write(fd: u32, iovs: u32, iovsLen: u32, nwritten: u32): u32

/** Makes a directory. */
export declare function path_create_directory(fd: u32, path: u32, pathLen: u32): u32

/** Tells the attributes of what a path names. */
export declare function path_filestat_get(fd: u32, flags: u32, path: u32, pathLen: u32, stat: u32): u32

/** Sets the times of what a path names. */
export declare function path_filestat_set_times(
  fd: u32,
  flags: u32,
  path: u32,
  pathLen: u32,
  atim: u64,
  mtim: u64,
  fstFlags: u32,
): u32

/** Makes a hard link within one mount. */
export declare function path_link(
  oldFd: u32,
  oldFlags: u32,
  oldPath: u32,
  oldPathLen: u32,
  newFd: u32,
  newPath: u32,
  newPathLen: u32,
): u32

/** Opens a file or directory below a directory that is open. */
export declare function path_open(
  fd: u32,
  dirflags: u32,
  path: u32,
  pathLen: u32,
  oflags: u32,
  fsRightsBase: u64,
  fsRightsInheriting: u64,
  fdflags: u32,
  opened: u32,
): u32

/** Reads where a symbolic link points; what does not fit is cut. */
export declare function path_readlink(fd: u32, path: u32, pathLen: u32, buf: u32, bufLen: u32, bufused: u32): u32

/** Removes an empty directory. */
export declare function path_remove_directory(fd: u32, path: u32, pathLen: u32): u32

/** Renames within one mount. */
export declare function path_rename(fd: u32, oldPath: u32, oldPathLen: u32, newFd: u32, newPath: u32, newPathLen: u32): u32

/** Makes a symbolic link; one that is absolute or leads out of its mount is refused. */
export declare function path_symlink(oldPath: u32, oldPathLen: u32, fd: u32, newPath: u32, newPathLen: u32): u32

/** Removes a file or a link. */
export declare function path_unlink_file(fd: u32, path: u32, pathLen: u32): u32

/** Waits for a time or for handles that are ready; a wait ends with the guest. */
export declare function poll_oneoff(subscriptions: u32, out: u32, nsubscriptions: u32, nevents: u32): u32

/** Ends the guest. */
export declare function proc_exit(rval: u32): void

/** Not supported: there are no signals, neither to the guest nor to anything else. */
export declare function proc_raise(sig: u32): u32

/** Fills memory with random bytes. */
export declare function random_get(buf: u32, bufLen: u32): u32

/** Does nothing: a guest has one thread. */
export declare function sched_yield(): u32

/** Not supported: no capability lets a guest listen. */
export declare function sock_accept(fd: u32, flags: u32, opened: u32): u32

/** Receives from a socket that tcp_connect of the native namespace opened. */
export declare function sock_recv(fd: u32, riData: u32, riDataLen: u32, riFlags: u32, roDatalen: u32, roFlags: u32): u32

/** Sends on a socket that tcp_connect of the native namespace opened. */
export declare function sock_send(fd: u32, siData: u32, siDataLen: u32, siFlags: u32, soDatalen: u32): u32

/** Ends one or both directions of a socket. */
export declare function sock_shutdown(fd: u32, how: u32): u32
