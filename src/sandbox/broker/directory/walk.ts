// Walks a guest's path through a live directory, holding every directory on the way open until the request is done.
import { readlink } from 'node:fs/promises'
import { FILE_TYPE } from '../../host/fs/file-system.ts'
import { type LastLink, type PathLimits, type Resolved, resolve, resolveLater, type Step } from '../../host/fs/resolve.ts'
import { fault, osCode } from './errno.ts'
import { entryOf, type LiveNode, lookUp } from './node.ts'

/** Directories held at the same time by one walk. Each is a descriptor of the host process, which the other guests need too (RES-08). */
const MAX_DEPTH = 200

/** What one request holds open; all of it is let go at the end. */
export class Walks {
  readonly signal: AbortSignal
  readonly #limits: PathLimits
  readonly #held = new Set<LiveNode>()
  readonly #closing: Promise<void>[] = []

  constructor(signal: AbortSignal, limits: PathLimits) {
    this.signal = signal
    this.#limits = limits
  }

  /** @throws {GuestFault} as {@link resolve}, and for what the mount does not serve */
  async resolve(start: LiveNode, path: string, lastLink: LastLink): Promise<Resolved<LiveNode>> {
    // The directories from the start to where the walk is, and at most one thing more: what was looked up last.
    const trail: LiveNode[] = []
    return resolveLater(resolve(start, path, lastLink, this.#limits), async (step: Step<LiveNode>) => {
      this.signal.throwIfAborted()
      if (step.kind === 'read-link') return readTarget(step.link)
      // What was left through `..`, and links that were followed, are not needed any more.
      while (trail.length > 0 && trail.at(-1) !== step.directory) this.#release(trail.pop()!)
      if (trail.length >= MAX_DEPTH) throw fault('nametoolong')
      const node = await lookUp(step.directory, step.name)
      if (node) {
        trail.push(node)
        this.#held.add(node)
      }
      return node
    })
  }

  /** Takes a node out of the request's hands: whoever takes it closes it. */
  keep(node: LiveNode): LiveNode {
    this.#held.delete(node)
    return node
  }

  #release(node: LiveNode): void {
    this.#held.delete(node)
    this.#closing.push(node.descriptor.close())
  }

  async end(): Promise<void> {
    for (const node of this.#held) this.#release(node)
    await Promise.all(this.#closing)
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Text of a name or a link's target; null if it is none that a guest could have written. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes)
  } catch {
    return null
  }
}

/** The target of a link. It is only text: should the link have been changed since it was looked up, this is the new one's, and no less judged. */
export async function readTarget({ type, found }: LiveNode): Promise<string> {
  if (type !== FILE_TYPE['symbolic-link'] || !found) throw fault('inval')
  let bytes: Buffer
  try {
    bytes = await readlink(entryOf(found.directory, found.name), { encoding: 'buffer' })
  } catch (error) {
    // Replaced in the meantime by something that is no link.
    throw osCode(error) === 'EINVAL' ? fault('noent') : error
  }
  const text = textOf(bytes)
  if (text === null) throw fault('ilseq')
  return text
}
