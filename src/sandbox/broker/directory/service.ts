// The live directories of one guest. All work of theirs is done here in the host process; the guest's side has numbers of handles and nothing else.

import { setTimeout as delay } from 'node:timers/promises'
import { UsageError } from '../../errors.ts'
import type { LocalEvent } from '../../host/context.ts'
import type { Mount, Policy } from '../../policy/schema.ts'
import { bodiless } from '../bodiless.ts'
import { isKernelFileSystem } from '../kernel-file-systems.ts'
import type { Operation, Service } from '../operation.ts'
import { Attributes } from './attributes.ts'
import { osCode } from './errno.ts'
import { handleOperations } from './files.ts'
import { Growth } from './growth.ts'
import { Handles, type LiveMount, type OpenDirectory } from './handles.ts'
import { itself, openRoot } from './node.ts'
import { pathOperations } from './paths.ts'
import { Requests } from './requests.ts'
import { Turns } from './turns.ts'

/** How long the end of a guest waits for a file system that does not answer. Descriptors are closed whenever it does. */
const CLOSE_WAIT_MS = 1000

/**
 * Opens the live directories among the mounts. From here on a mount is the directory that was found, wherever its path leads later: another guest
 * may be able to change what lies on that path.
 *
 * @throws {UsageError} if one cannot be opened
 */
export async function openMounts(mounts: readonly Mount[]): Promise<LiveMount[]> {
  const open: LiveMount[] = []
  try {
    for (const [index, mount] of mounts.entries()) {
      if (mount.kind === 'directory') open.push(await openMount(index, mount))
    }
    return open
  } catch (error) {
    await closeMounts(open)
    throw error
  }
}

/** For mounts that no service came to own. */
export async function closeMounts(mounts: readonly LiveMount[]): Promise<void> {
  await Promise.allSettled(mounts.map(({ root }) => root.descriptor.close()))
}

async function openMount(index: number, { at, source, writable }: Extract<Mount, { kind: 'directory' }>): Promise<LiveMount> {
  const place = `The directory ${JSON.stringify(source)} for the mount ${at}`
  const root = await openRoot(source).catch((error: unknown) => {
    const why = osCode(error) ?? 'this system does not let it be held open safely'
    throw new UsageError(`${place} could not be opened (${why}); name a directory that exists and that this process may read.`)
  })
  const ofKernel = await isKernelFileSystem(itself(root.descriptor)).catch(async (error: unknown) => {
    await root.descriptor.close()
    throw new UsageError(
      `${place} could not be looked at (${osCode(error) ?? 'no reason given'}); name one on a file system that can.`,
    )
  })
  if (ofKernel) {
    await root.descriptor.close()
    throw new UsageError(`${place} lies on a file system of the kernel's, which is never mounted; copy what the guest needs.`)
  }
  return { index, at, writable, root }
}

export interface DirectoryOptions {
  readonly mounts: readonly LiveMount[]
  readonly quotas: Policy['quotas']
  /** Granularity of the guest's clock; null if it has none. */
  readonly granularityNs: number | null
  readonly event: (event: LocalEvent) => void
}

export class DirectoryService implements Service {
  readonly operations: Readonly<Record<string, Operation>>
  readonly #turns = new Turns()
  readonly #handles: Handles
  readonly #requests: Requests
  readonly #growth: Growth

  /** @param options the mounts are the service's from now on */
  constructor({ mounts, quotas, granularityNs, event }: DirectoryOptions) {
    const limits = { nameBytes: quotas.fileNameBytes, pathBytes: quotas.pathBytes }
    const attributes = new Attributes(granularityNs)
    const roots = mounts.map((mount): OpenDirectory => {
      const { root: node, at: path } = mount
      return { kind: 'directory', mount, path, node, depth: 0, parentInode: attributes.inode(node.stat) }
    })
    this.#handles = new Handles(roots, quotas.handles)
    this.#requests = new Requests(this.#turns, limits)
    this.#growth = new Growth(quotas, event)
    const parts = { handles: this.#handles, requests: this.#requests, growth: this.#growth, attributes }
    this.operations = withoutBodies({ ...pathOperations(parts, limits), ...handleOperations(parts) })
  }

  beginActivation(): void {
    this.#requests.beginActivation()
    this.#growth.beginActivation()
  }

  left(): number {
    return this.#handles.left
  }

  /** What is under way ends first: it works on descriptors by their numbers. */
  async close(): Promise<void> {
    const closed = this.#turns.idle().then(() => this.#handles.closeAll())
    await Promise.race([closed, delay(CLOSE_WAIT_MS, undefined, { ref: false })])
  }
}

/** The operations whose requests bring bytes. */
const WRITES: ReadonlySet<string> = new Set(['fs.write', 'fs.append'])
const NOTHING = new Uint8Array(0)

const withoutBodies = (operations: Readonly<Record<string, Operation>>): Record<string, Operation> =>
  Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      WRITES.has(name) ? operation : bodiless((fields) => operation(fields, NOTHING)),
    ]),
  )
