// The canaries of one chamber, planted and watched from the campaign's process: secrets in the environment, in a file and in a
// neighbour's memory, and a loopback server that nobody may call.
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Observation } from '../oracles/observation.ts'
import { findSecret, makeSecret } from './secrets.ts'

export type Disturbance = Observation['canaries'][number]

interface FileState {
  readonly hash: string
  readonly mtime: bigint
  readonly mode: bigint
  readonly inode: bigint
}

/** A name that a careless host, or a guest that has got hold of `process.env`, would hand on first. */
const ENVIRONMENT_NAME = 'DATABASE_PASSWORD'

function stateOf(path: string): FileState {
  const stat = statSync(path, { bigint: true })
  const hash = createHash('sha256').update(readFileSync(path)).digest('hex')
  return { hash, mtime: stat.mtimeNs, mode: stat.mode, inode: stat.ino }
}

export class Canaries {
  /** Working directory of the chamber: holds the secret file and nothing else. */
  readonly directory: string
  /** Secret of the benign neighbour, for the condition `benign-neighbour`. */
  readonly neighbour = makeSecret()
  readonly #environment = makeSecret()
  readonly #file = makeSecret()
  readonly #path: string
  readonly #before: FileState
  readonly #server: Server
  readonly #port: number
  #connections = 0

  private constructor(directory: string, server: Server, port: number) {
    this.directory = directory
    this.#server = server
    this.#port = port
    server.on('connection', (socket) => {
      this.#connections++
      socket.on('error', () => {}).destroy()
    })
    this.#path = join(directory, 'secret.txt')
    writeFileSync(this.#path, `${this.#file}\n`, { mode: 0o600 })
    this.#before = stateOf(this.#path)
  }

  static async plant(): Promise<Canaries> {
    const server = createServer()
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(0, '127.0.0.1', resolve)
    })
    server.unref()
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    return new Canaries(mkdtempSync(join(tmpdir(), 'gauntlet-chamber-')), server, port)
  }

  /** What the chamber's environment holds: a secret, and the address of the server, so that a guest that can read it can also use it. */
  get environment(): Record<string, string> {
    return { [ENVIRONMENT_NAME]: this.#environment, INTERNAL_SERVICE_URL: `http://127.0.0.1:${this.#port}/` }
  }

  /** The secret that the setting of a trial may hold where the guest must not read. */
  get secret(): string {
    return this.#file
  }

  /** Text that every process which inherited the chamber's environment carries in its own. */
  get mark(): string {
    return this.#environment
  }

  /** Looks at every canary. `places` is all that the guest could write or the host could be made to say. */
  check(places: readonly (readonly [name: string, content: Uint8Array | string])[]): Disturbance[] {
    const found: Disturbance[] = []
    const secrets = [
      ['environment-secret', this.#environment],
      ['file-secret', this.#file],
      ['neighbour-secret', this.neighbour],
    ] as const
    for (const [name, secret] of secrets) {
      const seen = findSecret(secret, places)
      if (seen) found.push({ name, seen: `the secret was seen ${seen}` })
    }
    const file = this.#fileChange()
    if (file) found.push({ name: 'file-changed', seen: file })
    if (this.#connections > 0)
      found.push({ name: 'connection', seen: `the loopback server got ${this.#connections} connection(s)` })
    return found
  }

  #fileChange(): string | null {
    try {
      const now = stateOf(this.#path)
      const changed = (Object.keys(now) as (keyof FileState)[]).filter((key) => now[key] !== this.#before[key])
      return changed.length > 0 ? `the planted file’s ${changed.join(', ')} changed` : null
    } catch {
      return 'the planted file is gone'
    }
  }

  async remove(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
    rmSync(this.directory, { recursive: true, force: true })
  }
}
