// A live directory behind a real broker: a mount in a temporary directory, and canaries beside it that no request may reach.
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuditRecord } from '../../../../src/sandbox/audit.ts'
import { Broker } from '../../../../src/sandbox/broker/broker.ts'
import { DirectoryService, openMounts } from '../../../../src/sandbox/broker/directory/service.ts'
import { decodeReply, encodeRequest } from '../../../../src/sandbox/broker/message.ts'
import type { LocalEvent } from '../../../../src/sandbox/host/context.ts'
import { errnoName } from '../../../../src/sandbox/host/errno.ts'
import { PROFILES } from '../../../../src/sandbox/policy/profiles.ts'
import type { Policy } from '../../../../src/sandbox/policy/schema.ts'

export const CANARY = 'the canary beside the mount'

export type RequestFields = Readonly<Record<string, string | number | boolean>>

export interface LiveOptions {
  readonly quotas?: Partial<Policy['quotas']>
  readonly writable?: boolean
  /** Null for a guest without a clock. */
  readonly granularityNs?: number | null
  /** Instead of the one mount: paths below the temporary directory. */
  readonly mounts?: readonly { readonly at: string; readonly below: string; readonly writable: boolean }[]
}

/** The temporary directory: `root` is what is mounted, `canary` and `vault/canary` lie beside it. */
export async function makeTree(): Promise<string> {
  const top = await mkdtemp(join(tmpdir(), 'live-'))
  await mkdir(join(top, 'root', 'dir', 'nested'), { recursive: true })
  await mkdir(join(top, 'vault'))
  await writeFile(join(top, 'canary'), CANARY)
  await writeFile(join(top, 'vault', 'canary'), CANARY)
  await writeFile(join(top, 'root', 'file'), 'contents')
  await writeFile(join(top, 'root', 'dir', 'nested', 'deep'), 'deep')
  await symlink('file', join(top, 'root', 'to-file'))
  await symlink('dir/nested', join(top, 'root', 'to-nested'))
  await symlink('nowhere', join(top, 'root', 'dangling'))
  await symlink('loop', join(top, 'root', 'loop'))
  await symlink('../canary', join(top, 'root', 'out-file'))
  await symlink('../vault', join(top, 'root', 'out-dir'))
  await symlink(join(top, 'canary'), join(top, 'root', 'out-absolute'))
  await symlink('../../../vault', join(top, 'root', 'dir', 'nested', 'out'))
  await symlink('dir/nested/out', join(top, 'root', 'out-chain'))
  await symlink('../new', join(top, 'root', 'out-dangling'))
  return top
}

export interface Reply {
  readonly errno: string
  readonly fields: RequestFields
  readonly body: Uint8Array
  readonly text: string
}

/** What a test works with; `await using` removes all of it. */
export class Live implements AsyncDisposable {
  readonly top: string
  readonly broker: Broker
  readonly service: DirectoryService
  readonly events: LocalEvent[]
  readonly records: AuditRecord[]

  private constructor(top: string, service: DirectoryService, events: LocalEvent[], deadlineMs: number) {
    this.top = top
    this.service = service
    this.events = events
    this.records = []
    this.broker = new Broker({
      services: [service],
      deadlineMs,
      audit: { write: (record) => void this.records.push(record) },
      event: (event) => void events.push(event),
      instance: 'test',
      module: 'test',
    })
  }

  static async make({ quotas, writable = true, granularityNs = 1, mounts }: LiveOptions = {}): Promise<Live> {
    const top = await makeTree()
    const all = { ...PROFILES.get('relaxed')!.quotas, ...quotas }
    const list = mounts ?? [{ at: '/data', below: 'root', writable }]
    const opened = await openMounts(
      list.map(({ at, below, writable }) => ({ kind: 'directory', at, source: join(top, below), writable })),
    )
    const events: LocalEvent[] = []
    const service = new DirectoryService({
      mounts: opened,
      quotas: all,
      granularityNs,
      event: (event) => void events.push(event),
    })
    return new Live(top, service, events, all.hostCallMs)
  }

  async ask(operation: string, fields: RequestFields, body?: Uint8Array): Promise<Reply> {
    const reply = decodeReply(await this.broker.handle(encodeRequest({ operation, fields, ...(body && { body }) })))
    return { errno: errnoName(reply.errno)!, fields: reply.fields, body: reply.body, text: new TextDecoder().decode(reply.body) }
  }

  async errno(operation: string, fields: RequestFields, body?: Uint8Array): Promise<string> {
    return (await this.ask(operation, fields, body)).errno
  }

  open(path: string, how: Partial<typeof READ> = {}, directory = 0): Promise<Reply> {
    return this.ask('fs.open', { directory, path, ...READ, ...how })
  }

  /** The handle of what must open. */
  async handle(path: string, how: Partial<typeof READ> = {}, directory = 0): Promise<number> {
    const { errno, fields } = await this.open(path, how, directory)
    if (errno !== 'success') throw new Error(`${path} did not open: ${errno}`)
    return fields['handle'] as number
  }

  /** A file's contents as the guest reads them, or the errno of the attempt. */
  async read(path: string, how: Partial<typeof READ> = {}, directory = 0): Promise<string> {
    const opened = await this.open(path, how, directory)
    if (opened.errno !== 'success') return opened.errno
    const handle = opened.fields['handle'] as number
    const reply = await this.ask('fs.read', { handle, offset: '0', length: 1000 })
    await this.ask('fs.close', { handle })
    return reply.errno === 'success' ? reply.text : reply.errno
  }

  path(...names: string[]): string {
    return join(this.top, ...names)
  }

  /** Everything of the tree: paths with contents or targets. */
  async everything(): Promise<Record<string, string>> {
    const all: Record<string, string> = {}
    for (const entry of await readdir(this.top, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      const key = path.slice(this.top.length + 1)
      all[key] = entry.isFile() ? await readFile(path, 'utf8') : entry.isSymbolicLink() ? `-> ${await readlink(path)}` : '/'
    }
    return all
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.broker.close()
    await rm(this.top, { recursive: true, force: true })
  }
}

export const READ = {
  create: false,
  exclusive: false,
  truncate: false,
  mustBeDirectory: false,
  follow: true,
  read: true,
  write: false,
}
export const WRITE = { read: true, write: true }
export const CREATE = { ...WRITE, create: true }

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
