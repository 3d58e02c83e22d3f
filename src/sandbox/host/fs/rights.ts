// Which rights mean something for which kind of handle. What a handle has no use for it never gets (FSX-23).
import type { Rights } from '../handles.ts'
import { RIGHTS } from '../rights.ts'

const COMMON = RIGHTS.fd_sync | RIGHTS.fd_filestat_get | RIGHTS.fd_filestat_set_times

/** Those with which a file's contents are changed; a file that is not opened for writing has none of them, whatever was asked for (FSX-12). */
export const WRITE_RIGHTS = RIGHTS.fd_write | RIGHTS.fd_allocate | RIGHTS.fd_filestat_set_size

export const FILE_RIGHTS =
  COMMON |
  WRITE_RIGHTS |
  RIGHTS.fd_datasync |
  RIGHTS.fd_read |
  RIGHTS.fd_seek |
  RIGHTS.fd_fdstat_set_flags |
  RIGHTS.fd_tell |
  RIGHTS.fd_advise |
  RIGHTS.poll_fd_readwrite

export const DIRECTORY_RIGHTS =
  COMMON |
  RIGHTS.path_create_directory |
  RIGHTS.path_create_file |
  RIGHTS.path_link_source |
  RIGHTS.path_link_target |
  RIGHTS.path_open |
  RIGHTS.fd_readdir |
  RIGHTS.path_readlink |
  RIGHTS.path_rename_source |
  RIGHTS.path_rename_target |
  RIGHTS.path_filestat_get |
  RIGHTS.path_filestat_set_size |
  RIGHTS.path_filestat_set_times |
  RIGHTS.path_symlink |
  RIGHTS.path_remove_directory |
  RIGHTS.path_unlink_file

/** A mount's. Those of a mount that is read-only are the same: its tree answers every change with `rofs`, which tells the guest what is the matter. */
export const MOUNT_RIGHTS: Rights = { base: DIRECTORY_RIGHTS, inheriting: DIRECTORY_RIGHTS | FILE_RIGHTS }
