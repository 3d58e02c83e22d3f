// Makes the setting of a trial in the campaign's process, outside of the chamber, and says afterwards what was done to it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunOptions } from '../../attacks/attack.ts'
import type { Setting } from '../../attacks/setting.ts'
import type { Effects } from '../../oracles/observation.ts'
import { makeDirectories, readTree, type Tree, treeChanges } from './directories.ts'
import { NameServer } from './name-server.ts'
import { SettingServer } from './server.ts'
import { Swaps } from './swaps.ts'

/** Time in which what was sent to a server on this machine has come, milliseconds. */
const SETTLE_MS = 30

export class MadeSetting {
  readonly #base = mkdtempSync(join(tmpdir(), 'gauntlet-setting-'))
  readonly #directories: readonly string[]
  readonly #servers: SettingServer[] = []
  readonly #fill: (text: string) => string
  #names: NameServer | null = null
  #environment: Readonly<Record<string, string>> = {}
  #before: Tree = new Map()
  #swaps: Swaps | null = null

  private constructor(setting: Setting, secret: string) {
    this.#directories = Object.keys(setting.directories ?? {})
    // In texts of the setting and of the run: where things are in this trial, which no file can know before.
    this.#fill = (text) =>
      text.replace(/\{(dir|port):([a-z0-9-]+)\}|\{(dns|secret)\}/g, (whole, kind?: string, name?: string, word?: string) => {
        if (word === 'secret') return secret
        if (word === 'dns') return this.#names?.address ?? whole
        if (kind === 'dir') return join(this.#base, name!)
        const server = this.#servers.find((one) => one.name === name)
        return server ? String(server.port) : whole
      })
  }

  /** @param secret put where `{secret}` stands; the canary oracle looks for it in what comes out */
  static async make(setting: Setting, secret: string): Promise<MadeSetting> {
    const made = new MadeSetting(setting, secret)
    try {
      await made.#open(setting)
      return made
    } catch (error) {
      await made.remove()
      throw error
    }
  }

  async #open({ servers = {}, names, environment = {}, directories, swaps }: Setting): Promise<void> {
    const specs = Object.entries(servers)
    for (const [name] of specs) this.#servers.push(await SettingServer.listen(name))
    for (const [index, [, { responses }]] of specs.entries()) this.#servers[index]!.responses = this.filled(responses)
    if (names) this.#names = await NameServer.listen(names)
    this.#environment = this.filled(environment)
    makeDirectories(this.#base, directories, this.#fill)
    this.#before = readTree(this.#base, this.#directories)
    if (swaps) this.#swaps = new Swaps(this.#base, swaps, this.#fill)
  }

  /** A run with every placeholder replaced. */
  run(run: RunOptions): RunOptions {
    const dnsServer = this.#names?.address
    return { ...this.filled(run), ...(dnsServer && { dnsServer }) }
  }

  /** Any data with the placeholders in its texts replaced; bytes are read as texts too. */
  filled<T>(value: T): T {
    if (typeof value === 'string') return this.#fill(value) as T
    if (value instanceof Uint8Array)
      return new Uint8Array(Buffer.from(this.#fill(Buffer.from(value).toString('latin1')), 'latin1')) as T
    if (Array.isArray(value)) return value.map((part) => this.filled(part)) as T
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [this.#fill(key), this.filled(part)])) as T
  }

  /** What the host's process has in its environment. */
  get environment(): Readonly<Record<string, string>> {
    return this.#environment
  }

  /** Where it lies on the host. */
  get path(): string {
    return this.#base
  }

  /** What was done to the setting since it was made, in a stable order. */
  async effects(): Promise<Effects> {
    // A guest may have ended before this process came to take its last connection.
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
    this.#swaps?.stop()
    const servers = this.#servers.flatMap((server) => server.effects)
    const files = treeChanges(this.#before, readTree(this.#base, this.#directories))
    return {
      done: [...servers, ...(this.#names?.effects ?? []), ...files].sort(),
      sent: this.#servers.flatMap((server) => server.received),
    }
  }

  async remove(): Promise<void> {
    this.#swaps?.stop()
    await Promise.all([...this.#servers.map((server) => server.close()), this.#names?.close()])
    rmSync(this.#base, { recursive: true, force: true })
  }
}
