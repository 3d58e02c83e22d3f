// Whatever files a guest makes, opens, moves and removes in a live directory, it gets the answers that POSIX and preview 1 have, the disk holds just that, and
// what lies beside the directory, or may only be read, stays as it was.
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Property } from '../../src/campaign/property.ts'
import type { MountSpec } from '../../src/sandbox/host/fs/file-system.ts'
import { resolvePolicy } from '../../src/sandbox/policy/resolve.ts'
import type { Policy } from '../../src/sandbox/policy/schema.ts'
import { checkCommands } from '../models/commands.ts'
import { FileCalls } from '../models/file-calls.ts'
import { differences, type FilePair, fileCommand } from '../models/file-commands.ts'
import { FileSystemModel } from '../models/file-system.ts'
import { LiveBroker } from '../models/live-broker.ts'
import { withWitnesses } from '../models/witness.ts'

const HANDLES = 9
const GIVEN = { f: 'it stays what it is' }
const SECRET = 'what lies beside is nobody’s business'

/** Where live directories are: see docs/platforms.md. */
const available = process.platform === 'linux'

/** The two directories of the host, with something beside them. */
class Place {
  readonly #above = mkdtempSync(join(tmpdir(), 'gauntlet-model-'))

  get writable(): string {
    return join(this.#above, 'a')
  }
  get readOnly(): string {
    return join(this.#above, 'b')
  }

  reset(): void {
    for (const name of readdirSync(this.#above)) rmSync(join(this.#above, name), { recursive: true })
    for (const directory of [this.writable, this.readOnly]) mkdirSync(directory)
    for (const [name, text] of Object.entries(GIVEN)) writeFileSync(join(this.readOnly, name), text)
    // Names that the programs use: a path that leads out has something to find.
    writeFileSync(join(this.#above, 'c'), SECRET)
    writeFileSync(join(this.#above, 'f'), SECRET)
  }

  /** Everything there is, by its path. */
  contents(directory = this.#above, above = ''): Map<string, string> {
    const found = new Map<string, string>()
    for (const name of readdirSync(directory)) {
      const [path, at] = [join(directory, name), above + name]
      const stat = lstatSync(path)
      if (stat.isDirectory()) {
        found.set(at, 'directory')
        for (const [below, what] of this.contents(path, `${at}/`)) found.set(below, what)
      } else if (stat.isSymbolicLink()) found.set(at, `link ${JSON.stringify(readlinkSync(path))}`)
      else found.set(at, `file ${JSON.stringify(readFileSync(path, 'utf8'))}`)
    }
    return found
  }

  remove(): void {
    rmSync(this.#above, { recursive: true, force: true })
  }
}

const policyOf = ({ writable, readOnly }: Place): Policy =>
  resolvePolicy({
    quotas: { handles: HANDLES },
    capabilities: {
      fs: {
        mounts: [
          { kind: 'directory', at: '/', source: writable, writable: true },
          { kind: 'directory', at: '/read-only', source: readOnly },
        ],
      },
    },
  })

const mounts: readonly MountSpec[] = [
  { kind: 'directory', at: '/', writable: true, entries: [] },
  { kind: 'directory', at: '/read-only', writable: false, entries: [] },
]

function begin(place: Place, policy: Policy, broker: LiveBroker): FilePair {
  place.reset()
  broker.begin(policy)
  const model = new FileSystemModel({
    handles: HANDLES,
    mounts: [
      { writable: true, files: {} },
      { writable: false, files: GIVEN },
    ],
  })
  return {
    model,
    real: new FileCalls(policy, mounts, broker),
    finish: () => differences('On the disk', expectedOnDisk(model), place.contents()),
  }
}

function expectedOnDisk(model: FileSystemModel): Map<string, string> {
  const disk = new Map([
    ['a', 'directory'],
    ['b', 'directory'],
    ['c', `file ${JSON.stringify(SECRET)}`],
    ['f', `file ${JSON.stringify(SECRET)}`],
  ])
  for (const [index, name] of ['a', 'b'].entries())
    for (const [path, what] of model.contents(index)) disk.set(`${name}/${path}`, what)
  return disk
}

const property: Property = {
  name: 'live-directories',
  threats: ['FSX-01', 'FSX-05', 'FSX-07', 'FSX-09', 'FSX-11', 'FSX-22', 'FSX-23', 'FSX-24', 'FSX-25', 'FSX-26', 'FSX-27'],
  run: async (seed, milliseconds) => {
    if (!available) throw new Error('there are no live directories on this system, so nothing was tried')
    const place = new Place()
    const broker = new LiveBroker()
    try {
      const policy = policyOf(place)
      return withWitnesses(checkCommands(fileCommand, () => begin(place, policy, broker), seed, milliseconds))
    } finally {
      await broker.close()
      place.remove()
    }
  },
}
export default property
