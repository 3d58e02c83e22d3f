// From a descriptor's number to what it stands for, with the right that a call needs.
import type { HostContext } from '../context.ts'
import { ERRNO, GuestFault } from '../errno.ts'
import type { DirectoryHandle, FileHandle, Handle, Rights } from '../handles.ts'

/** Handles of preview 1. Responses and keys have numbers in the same table, but are nothing that an fd_* call knows. */
export type Descriptor = Extract<Handle, { readonly rights: Rights }>

/** @throws {GuestFault} `badf` */
export function descriptorOf(context: HostContext, fd: number): Descriptor {
  const handle = context.handles.get(fd)
  if (handle.kind === 'response' || handle.kind === 'key') throw new GuestFault(ERRNO.badf)
  return handle
}

/** @throws {GuestFault} `notcapable` unless the handle has all of these rights */
export function need({ rights }: { readonly rights: Rights }, right: bigint): void {
  if ((rights.base & right) !== right) throw new GuestFault(ERRNO.notcapable)
}

/** @throws {GuestFault} `badf`, `isdir`, `spipe`, `notcapable` */
export function fileOf(context: HostContext, fd: number, right: bigint): FileHandle {
  const handle = descriptorOf(context, fd)
  if (handle.kind === 'directory') throw new GuestFault(ERRNO.isdir)
  if (handle.kind !== 'file') throw new GuestFault(ERRNO.spipe)
  need(handle, right)
  return handle
}

/** @throws {GuestFault} `badf`, `notdir`, `notcapable` */
export function directoryOf(context: HostContext, fd: number, right: bigint): DirectoryHandle {
  const handle = descriptorOf(context, fd)
  if (handle.kind !== 'directory') throw new GuestFault(ERRNO.notdir)
  need(handle, right)
  return handle
}
