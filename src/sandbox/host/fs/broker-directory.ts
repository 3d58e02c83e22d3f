// A live directory as the cell knows it: a number of the broker's. Everything is asked of the broker, which resolves, decides and acts; nothing
// is remembered here, so nothing here can be out of date.
import type { BrokerReply, BrokerRequest, Channel } from '../channel.ts'
import { ERRNO, type Errno, GuestFault } from '../errno.ts'
import type { DirectoryEntry, Filestat, FileType, OpenDirectory, OpenFile, OpenHow, Times } from './file-system.ts'

/** Most bytes that one request reads or writes; the broker refuses more. */
const MAX_PIECE = 2 ** 20

/** The directory of a mount. @param mount its number among the policy's mounts */
export const openBrokerMount = (channel: Channel, mount: number, writable: boolean): OpenDirectory =>
  new BrokerDirectory(channel, mount, { mount, writable })

interface Mounted {
  readonly mount: number
  readonly writable: boolean
}

/** What files and directories share. */
class BrokerHandle {
  readonly #channel: Channel
  protected readonly handle: number

  constructor(channel: Channel, handle: number) {
    this.#channel = channel
    this.handle = handle
  }

  /** @throws {GuestFault} with the broker's errno */
  protected ask(operation: string, fields: BrokerRequest['fields'], body?: Uint8Array): BrokerReply {
    const reply = this.#channel.call({ operation, fields, ...(body && { body }) })
    if (reply.errno !== ERRNO.success) throw new GuestFault(reply.errno as Errno)
    return reply
  }

  stat(): Filestat {
    return statOf(this.ask('fs.stat', { handle: this.handle }))
  }

  setTimes(times: Times): void {
    this.ask('fs.setTimes', { handle: this.handle, ...timesFields(times) })
  }

  sync(): void {
    this.ask('fs.sync', { handle: this.handle })
  }
}

class BrokerFile extends BrokerHandle implements OpenFile {
  readonly kind = 'file'

  read(offset: bigint, length: number): Uint8Array {
    return this.ask('fs.read', { handle: this.handle, offset: String(offset), length: Math.min(length, MAX_PIECE) }).body
  }

  write(offset: bigint, bytes: Uint8Array): number {
    const piece = bytes.subarray(0, MAX_PIECE)
    return numberOf(this.ask('fs.write', { handle: this.handle, offset: String(offset) }, piece), 'written')
  }

  append(bytes: Uint8Array): { readonly end: bigint; readonly written: number } {
    const reply = this.ask('fs.append', { handle: this.handle }, bytes.subarray(0, MAX_PIECE))
    return { end: longOf(reply, 'end'), written: numberOf(reply, 'written') }
  }

  setSize(size: bigint): void {
    this.ask('fs.setSize', { handle: this.handle, size: String(size) })
  }

  allocate(offset: bigint, length: bigint): void {
    this.ask('fs.allocate', { handle: this.handle, offset: String(offset), length: String(length) })
  }

  close(): void {
    this.ask('fs.close', { handle: this.handle })
  }
}

class BrokerDirectory extends BrokerHandle implements OpenDirectory {
  readonly kind = 'directory'
  readonly #channel: Channel
  readonly #mounted: Mounted

  constructor(channel: Channel, handle: number, mounted: Mounted) {
    super(channel, handle)
    this.#channel = channel
    this.#mounted = mounted
  }

  get writable(): boolean {
    return this.#mounted.writable
  }

  entries(): readonly DirectoryEntry[] {
    return decodeListing(this.ask('fs.entries', { handle: this.handle }).body)
  }

  /** The broker keeps a mount as long as the guest lives; what the guest closes is its own handle. */
  close(): void {
    if (this.handle !== this.#mounted.mount) this.ask('fs.close', { handle: this.handle })
  }

  open(path: string, { directory, ...how }: OpenHow): OpenFile | OpenDirectory {
    const { create, exclusive, truncate, follow, read, write } = how
    const flags = { create, exclusive, truncate, mustBeDirectory: directory, follow, read, write }
    const reply = this.ask('fs.open', { directory: this.handle, path, ...flags })
    const handle = numberOf(reply, 'handle')
    return reply.fields['kind'] === 'directory'
      ? new BrokerDirectory(this.#channel, handle, this.#mounted)
      : new BrokerFile(this.#channel, handle)
  }

  statPath(path: string, follow: boolean): Filestat {
    return statOf(this.ask('fs.statPath', { directory: this.handle, path, follow }))
  }

  setTimesPath(path: string, follow: boolean, times: Times): void {
    this.ask('fs.setTimesPath', { directory: this.handle, path, follow, ...timesFields(times) })
  }

  createDirectory(path: string): void {
    this.ask('fs.createDirectory', { directory: this.handle, path })
  }

  removeDirectory(path: string): void {
    this.ask('fs.removeDirectory', { directory: this.handle, path })
  }

  unlink(path: string): void {
    this.ask('fs.unlink', { directory: this.handle, path })
  }

  readLink(path: string): string {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.ask('fs.readLink', { directory: this.handle, path }).body)
  }

  symlink(target: string, path: string): void {
    this.ask('fs.symlink', { target, directory: this.handle, path })
  }

  link(path: string, follow: boolean, to: OpenDirectory, toPath: string): void {
    this.ask('fs.link', { directory: this.handle, path, follow, to: handleOf(to), toPath })
  }

  rename(path: string, to: OpenDirectory, toPath: string): void {
    this.ask('fs.rename', { directory: this.handle, path, to: handleOf(to), toPath })
  }

  static handleOf(directory: BrokerDirectory): number {
    return directory.handle
  }
}

/** A tree in the cell's memory is another mount. Whether two live directories are of one mount, the broker knows. @throws {GuestFault} `xdev` */
function handleOf(directory: OpenDirectory): number {
  if (!(directory instanceof BrokerDirectory)) throw new GuestFault(ERRNO.xdev)
  return BrokerDirectory.handleOf(directory)
}

const numberOf = ({ fields }: BrokerReply, name: string): number => Number(fields[name])
const longOf = ({ fields }: BrokerReply, name: string): bigint => BigInt(fields[name] as string)

const statOf = (reply: BrokerReply): Filestat => ({
  device: longOf(reply, 'device'),
  inode: longOf(reply, 'inode'),
  type: numberOf(reply, 'type') as FileType,
  links: longOf(reply, 'links'),
  size: longOf(reply, 'size'),
  accessed: longOf(reply, 'accessed'),
  modified: longOf(reply, 'modified'),
  changed: longOf(reply, 'changed'),
})

const timesFields = ({ accessed, modified }: Times) => ({
  accessed: String(accessed ?? ''),
  modified: String(modified ?? ''),
})

/** See broker/directory/listing.ts for the layout. */
function decodeListing(bytes: Uint8Array): DirectoryEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const entries: DirectoryEntry[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = view.getUint16(at + 9, true)
    const name = decoder.decode(bytes.subarray(at + 11, at + 11 + length))
    entries.push({ name, inode: view.getBigUint64(at, true), type: view.getUint8(at + 8) as FileType })
    at += 11 + length
  }
  return entries
}
