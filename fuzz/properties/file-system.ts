// Whatever files a guest makes, opens, moves and removes in its memory, it gets the answers that POSIX and preview 1 have, and the embedder gets what is there.
import type { Property } from '../../src/campaign/property.ts'
import type { MountSpec, TreeChange } from '../../src/sandbox/host/fs/file-system.ts'
import { resolvePolicy } from '../../src/sandbox/policy/resolve.ts'
import { checkCommands } from '../models/commands.ts'
import { FileCalls } from '../models/file-calls.ts'
import { differences, type FilePair, fileCommand } from '../models/file-commands.ts'
import { FileSystemModel } from '../models/file-system.ts'
import { withWitnesses } from '../models/witness.ts'

const HANDLES = 9
const GIVEN = { f: 'it stays what it is' }

const policy = resolvePolicy({
  isolation: { level: 'inline', exclusiveJail: false },
  quotas: { wallClockMs: null, cpuMs: null, residentBytes: null, handles: HANDLES },
  capabilities: {
    fs: {
      mounts: [
        { kind: 'memory', at: '/' },
        { kind: 'memory', at: '/read-only', writable: false },
      ],
    },
  },
})
const mounts: readonly MountSpec[] = [
  { kind: 'memory', at: '/', writable: true, entries: [] },
  {
    kind: 'memory',
    at: '/read-only',
    writable: false,
    entries: Object.entries(GIVEN).map(([path, text]) => ({ type: 'file', path, bytes: new TextEncoder().encode(text) })),
  },
]
const channel = {
  call: () => {
    throw new Error('a tree in memory asked the broker')
  },
}

export function begin(): FilePair {
  const model = new FileSystemModel({
    handles: HANDLES,
    mounts: [
      { writable: true, files: {} },
      { writable: false, files: GIVEN },
    ],
  })
  const real = new FileCalls(policy, mounts, channel)
  return { model, real, finish: () => differences('of what the embedder is told', model.contents(0), told(real.changes())) }
}

/** What the embedder has who starts with nothing and applies the changes. */
function told(changes: readonly TreeChange[]): Map<string, string> {
  const tree = new Map<string, string>()
  for (const change of changes) {
    const path = change.path.slice(1)
    if (change.type === 'removed') tree.delete(path)
    else if (change.type === 'directory') tree.set(path, 'directory')
    else if (change.type === 'symlink') tree.set(path, `link ${JSON.stringify(change.target)}`)
    else tree.set(path, `file ${JSON.stringify(new TextDecoder().decode(change.bytes))}`)
  }
  return tree
}

const property: Property = {
  name: 'file-system',
  threats: ['FSX-05', 'FSX-07', 'FSX-09', 'FSX-11', 'FSX-22', 'FSX-23', 'FSX-24', 'FSX-25', 'FSX-27'],
  run: async (seed, milliseconds) => withWitnesses(checkCommands(fileCommand, begin, seed, milliseconds)),
}
export default property
