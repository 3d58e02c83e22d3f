// What a file system is, as POSIX and preview 1 have it: a model without paths on a disk, rights tables or buffers, to compare the sandbox's two with.
//
// It is written from IEEE Std 1003.1-2017 (path resolution 4.13; open, link, rename, rmdir, symlink, unlink, lseek, read, write) and from
// WebAssembly/WASI, witx. Where these leave a choice (which of two errors comes first, say), every choice is right. Beyond them it
// demands what docs/capabilities/fs.md promises: no path leads above the directory that it is given to, no link is made or moved so that its text leads
// out of its mount, and a mount that is read-only stays what it is.
import type { ErrnoName } from '../../src/sandbox/host/errno.ts'

export type FileKind = 'file' | 'directory' | 'link'

interface FileNode {
  readonly kind: 'file'
  text: string
}
interface DirectoryNode {
  readonly kind: 'directory'
  readonly names: Map<string, Node>
  /** Null for the root of a mount, and for what was removed. */
  above: DirectoryNode | null
  readonly mount: ModelMount
}
interface LinkNode {
  readonly kind: 'link'
  readonly target: string
}
type Node = FileNode | DirectoryNode | LinkNode

export interface ModelMount {
  readonly writable: boolean
  readonly root: DirectoryNode
}

interface OpenFile {
  readonly kind: 'file'
  readonly node: FileNode
  readonly mount: ModelMount
  readonly read: boolean
  write: boolean
  append: boolean
  position: number
}
interface OpenDirectory {
  readonly kind: 'directory'
  readonly node: DirectoryNode
  /** Whether what is opened through it may be written to. */
  passesWrite: boolean
}
type Open = OpenFile | OpenDirectory

/** One of these errors, or exactly this value. */
export type Expected = { readonly fails: readonly ErrnoName[] } | { readonly gives: unknown }

/** Leading out is told as one of these; which of them, preview 1 leaves open. */
const OUT: readonly ErrnoName[] = ['perm', 'notcapable']
/** As many links may be followed in one path; POSIX demands at least 8, and Linux has 40. */
const MAX_LINKS = 40

const fails = (...errors: readonly ErrnoName[]): Expected => ({ fails: errors })
const gives = (value: unknown = null): Expected => ({ gives: value })

/** Where a path leads. */
interface Place {
  readonly parent: DirectoryNode
  /** Null if the path names a directory that is held already: `.`, `..`. */
  readonly name: string | null
  readonly node: Node | null
  /** The path ends in a slash, `.` or `..`. */
  readonly slash: boolean
}
type Walk = Place | { readonly fails: readonly ErrnoName[] }
const failed = (walk: Walk): walk is { readonly fails: readonly ErrnoName[] } => 'fails' in walk

export interface ModelOptions {
  /** Handles that may be open, streams and mounts included. */
  readonly handles: number
  /** What each mount holds at first, by path. */
  readonly mounts: readonly { readonly writable: boolean; readonly files: Readonly<Record<string, string>> }[]
}

/** Flags and rights of an opening, as they are meant. */
export interface OpenHow {
  readonly create: boolean
  readonly exclusive: boolean
  readonly truncate: boolean
  readonly directory: boolean
  readonly follow: boolean
  readonly write: boolean
  readonly append: boolean
}

export class FileSystemModel {
  readonly mounts: readonly ModelMount[]
  readonly #handles = new Map<number, Open>()
  readonly #room: number

  constructor({ handles, mounts }: ModelOptions) {
    this.mounts = mounts.map(({ writable, files }) => {
      const mount: { writable: boolean; root: DirectoryNode } = { writable, root: null as unknown as DirectoryNode }
      mount.root = { kind: 'directory', names: new Map(), above: null, mount }
      for (const [name, text] of Object.entries(files)) mount.root.names.set(name, { kind: 'file', text })
      return mount
    })
    // The three streams have numbers too, and count.
    this.#room = handles - 3
    for (const [index, { root }] of this.mounts.entries())
      this.#handles.set(3 + index, { kind: 'directory', node: root, passesWrite: true })
  }

  /** Every path of a mount, with what is there. */
  contents(mount: number): Map<string, string> {
    const found = new Map<string, string>()
    const visit = (directory: DirectoryNode, above: string): void => {
      for (const [name, node] of directory.names) {
        found.set(above + name, described(node))
        if (node.kind === 'directory') visit(node, `${above}${name}/`)
      }
    }
    visit(this.mounts[mount]!.root, '')
    return found
  }

  open(fd: number, path: string, how: OpenHow): Expected {
    // A directory is not made by opening it; POSIX leaves open what comes of trying, and preview 1 has EINVAL.
    if (how.create && how.directory) return fails('inval', 'badf', 'notdir')
    return this.#inDirectory(fd, ({ node: start, passesWrite }) => {
      const full: ErrnoName[] = this.#handles.size >= this.#room ? ['mfile'] : []
      // O_EXCL looks at the name itself, as it is.
      const place = walk(start, path, how.follow && !(how.create && how.exclusive))
      if (failed(place)) return fails(...place.fails, ...full, ...readOnly(start, how.create || how.truncate || how.write))
      const write = how.write && passesWrite
      const errors = [...full, ...openErrors(place, { ...how, write })]
      // A right that the directory does not pass on is not asked for; whether that, too, counts as wanting to write, is open.
      if (how.create || how.truncate || write) errors.push(...readOnly(start, true))
      if (errors.length > 0) return fails(...errors)
      let { node } = place
      if (node === null) {
        node = { kind: 'file', text: '' }
        place.parent.names.set(place.name!, node)
      }
      if (node.kind === 'file' && how.truncate) node.text = ''
      return gives({ opened: node })
    })
  }

  /** The number that the sandbox gave to what was opened; what is wrong with it, or null. */
  opened(fd: number, node: unknown, from: number, how: { readonly write: boolean; readonly append: boolean }): string | null {
    if (fd < 3 || this.#handles.has(fd)) return `the number ${fd} is taken`
    const { passesWrite, node: start } = this.#handles.get(from) as OpenDirectory
    const { mount } = start
    const what = node as FileNode | DirectoryNode
    if (what.kind === 'directory') this.#handles.set(fd, { kind: 'directory', node: what, passesWrite })
    else {
      const write = how.write && passesWrite
      this.#handles.set(fd, { kind: 'file', node: what, mount, read: true, write, append: how.append, position: 0 })
    }
    return null
  }

  close(fd: number): Expected {
    return this.#handles.delete(fd) ? gives() : fails('badf')
  }

  renumber(from: number, to: number): Expected {
    const handle = this.#handles.get(from)
    if (!handle || !this.#handles.has(to)) return fails('badf')
    if (from === to) return gives()
    this.#handles.delete(from)
    this.#handles.set(to, handle)
    return gives()
  }

  read(fd: number, length: number): Expected {
    return this.#inFile(fd, (file) => {
      const text = file.node.text.slice(file.position, file.position + length)
      file.position += text.length
      return gives(text)
    })
  }

  readAt(fd: number, offset: number, length: number): Expected {
    return this.#inFile(fd, ({ node }) => gives(node.text.slice(offset, offset + length)))
  }

  write(fd: number, text: string): Expected {
    return this.#changing(fd, (file) => {
      if (file.append) file.position = file.node.text.length
      put(file.node, file.position, text)
      file.position += text.length
      return gives(text.length)
    })
  }

  /** On a handle that appends, Linux appends here too, and a guest that may only append must not get round that. */
  writeAt(fd: number, offset: number, text: string): Expected {
    return this.#changing(fd, ({ node, append }) => {
      put(node, append ? node.text.length : offset, text)
      return gives(text.length)
    })
  }

  seek(fd: number, whence: 'set' | 'cur' | 'end', offset: number): Expected {
    return this.#inFile(fd, (file) => {
      const to = offset + (whence === 'set' ? 0 : whence === 'cur' ? file.position : file.node.text.length)
      if (to < 0) return fails('inval')
      file.position = to
      return gives(to)
    })
  }

  tell(fd: number): Expected {
    return this.#inFile(fd, ({ position }) => gives(position))
  }

  setSize(fd: number, size: number): Expected {
    return this.#changing(fd, ({ node }) => {
      node.text = node.text.slice(0, size).padEnd(size, '\0')
      return gives()
    })
  }

  allocate(fd: number, offset: number, length: number): Expected {
    return this.#changing(fd, ({ node }) => {
      if (length === 0) return fails('inval')
      node.text = node.text.padEnd(offset + length, '\0')
      return gives()
    })
  }

  setAppend(fd: number, append: boolean): Expected {
    return this.#inFile(fd, (file) => {
      file.append = append
      return gives()
    })
  }

  /** Gives up the right to write, which never comes back. */
  dropWrite(fd: number): Expected {
    const handle = this.#handles.get(fd)
    if (!handle) return fails('badf')
    if (handle.kind === 'file') handle.write = false
    else handle.passesWrite = false
    return gives()
  }

  /** Asks for the right to write, beside those that the handle has. */
  takeWrite(fd: number): Expected {
    const handle = this.#handles.get(fd)
    if (!handle) return fails('badf')
    const has = handle.kind === 'file' ? handle.write : handle.passesWrite
    return has ? gives() : fails('notcapable')
  }

  stat(fd: number): Expected {
    const handle = this.#handles.get(fd)
    return handle ? gives(this.#statOf(handle.node)) : fails('badf')
  }

  statAt(fd: number, path: string, follow: boolean): Expected {
    return this.#inDirectory(fd, ({ node: start }) => {
      const place = walk(start, path, follow)
      if (failed(place)) return fails(...place.fails)
      return place.node ? gives(this.#statOf(place.node)) : fails('noent')
    })
  }

  list(fd: number): Expected {
    return this.#inDirectory(fd, ({ node }) => gives([...node.names].map(([name, { kind }]) => `${name} ${kind}`).sort()))
  }

  readLink(fd: number, path: string): Expected {
    return this.#inDirectory(fd, ({ node: start }) => {
      const place = walk(start, path, false)
      if (failed(place)) return fails(...place.fails)
      if (!place.node) return fails('noent')
      return place.node.kind === 'link' ? gives(place.node.target) : fails('inval')
    })
  }

  makeDirectory(fd: number, path: string): Expected {
    return this.#inDirectory(fd, ({ node: start }) => {
      const place = walk(start, path, 'entry')
      if (failed(place)) return fails(...place.fails, ...readOnly(start, true))
      const errors = [...readOnly(start, true), ...gone(place.parent)]
      if (place.node) errors.push('exist')
      if (errors.length > 0) return fails(...errors)
      const { mount } = start
      place.parent.names.set(place.name!, { kind: 'directory', names: new Map(), above: place.parent, mount })
      return gives()
    })
  }

  removeDirectory(fd: number, path: string): Expected {
    return this.#inDirectory(fd, ({ node: start }) => {
      const place = walk(start, path, 'entry')
      if (failed(place)) return fails(...place.fails, ...readOnly(start, true))
      const errors = readOnly(start, true)
      if (place.name === null) errors.push('inval', 'notempty', 'busy')
      else if (!place.node) errors.push('noent')
      else if (place.node.kind !== 'directory') errors.push('notdir')
      else if (place.node.names.size > 0) errors.push('notempty', 'exist')
      if (errors.length > 0) return fails(...errors)
      place.parent.names.delete(place.name!)
      ;(place.node as DirectoryNode).above = null
      return gives()
    })
  }

  unlink(fd: number, path: string): Expected {
    return this.#inDirectory(fd, ({ node: start }) => {
      const place = walk(start, path, 'entry')
      if (failed(place)) return fails(...place.fails, ...readOnly(start, true))
      const errors = readOnly(start, true)
      if (place.name === null) errors.push('isdir', 'perm', 'busy', 'inval')
      else if (!place.node) errors.push('noent')
      else if (place.node.kind === 'directory') errors.push('isdir', 'perm')
      else if (place.slash) errors.push('notdir')
      if (errors.length > 0) return fails(...errors)
      place.parent.names.delete(place.name!)
      return gives()
    })
  }

  symlink(target: string, fd: number, path: string): Expected {
    return this.#inDirectory(fd, ({ node: start }) => {
      const place = walk(start, path, 'entry')
      if (failed(place)) return fails(...place.fails, ...readOnly(start, true), ...targetErrors(target, start))
      const errors = [...readOnly(start, true), ...gone(place.parent), ...newErrors(place), ...targetErrors(target, place.parent)]
      if (errors.length > 0) return fails(...errors)
      place.parent.names.set(place.name!, { kind: 'link', target })
      return gives()
    })
  }

  link(fd: number, path: string, follow: boolean, toFd: number, toPath: string): Expected {
    return this.#inTwo(fd, path, toFd, toPath, follow, (source, goal, errors) => {
      if (!source.node) errors.push('noent')
      else if (source.node.kind === 'directory') errors.push('perm')
      // A link with a slash behind its name: Linux follows it in some calls and not in others, and nothing is made in any case.
      if (source.slash) errors.push('notdir')
      errors.push(...newErrors(goal))
      if (source.node?.kind === 'link' && leads(source.node.target, goal.parent)) errors.push(...OUT)
      if (errors.length > 0) return fails(...errors)
      goal.parent.names.set(goal.name!, source.node!)
      return gives()
    })
  }

  rename(fd: number, path: string, toFd: number, toPath: string): Expected {
    return this.#inTwo(fd, path, toFd, toPath, 'entry', (source, goal, errors) => {
      if (source.name === null || goal.name === null) errors.push('busy', 'inval', 'exist', 'notempty')
      const { node } = source
      if (!node) return fails(...errors, 'noent')
      const same = node === goal.node
      if (node.kind !== 'directory' && (source.slash || goal.slash)) errors.push('notdir')
      if (!same && goal.node) errors.push(...replaceErrors(node, goal.node))
      if (!same && node.kind === 'directory' && isBelow(goal.parent, node)) errors.push('inval')
      if (!same && waysOut(node, depthOf(goal.parent))) errors.push(...OUT)
      if (errors.length > 0) return fails(...errors)
      // Two names of one file: nothing is done, and that is no error.
      if (same) return gives()
      if (goal.node?.kind === 'directory') goal.node.above = null
      source.parent.names.delete(source.name!)
      goal.parent.names.set(goal.name!, node)
      if (node.kind === 'directory') node.above = goal.parent
      return gives()
    })
  }

  #statOf(node: Node): unknown {
    if (node.kind === 'directory') return { kind: node.kind }
    if (node.kind === 'link') return { kind: node.kind, size: node.target.length }
    const links = this.mounts.reduce((sum, { root }) => sum + namesOf(node, root), 0)
    return { kind: node.kind, size: node.text.length, links }
  }

  #inDirectory(fd: number, act: (directory: OpenDirectory) => Expected): Expected {
    const handle = this.#handles.get(fd)
    if (!handle) return fails('badf')
    return handle.kind === 'directory' ? act(handle) : fails('notdir', 'badf', 'notcapable')
  }

  #inFile(fd: number, act: (file: OpenFile) => Expected): Expected {
    const handle = this.#handles.get(fd)
    if (!handle) return fails('badf')
    return handle.kind === 'file' ? act(handle) : fails('isdir', 'badf', 'notcapable', 'notsup', 'inval')
  }

  /** What needs a file that was opened for writing. */
  #changing(fd: number, act: (file: OpenFile) => Expected): Expected {
    return this.#inFile(fd, (file) => (file.write ? act(file) : fails('notcapable', 'badf', 'rofs', 'inval')))
  }

  /** A change of two names. Between mounts there is none. */
  #inTwo(
    fd: number,
    path: string,
    toFd: number,
    toPath: string,
    follow: boolean | 'entry',
    act: (source: Place, goal: Place, errors: ErrnoName[]) => Expected,
  ): Expected {
    const badly = [fd, toFd].map((each) => this.#inDirectory(each, () => gives())).filter((each) => 'fails' in each)
    if (badly.length > 0) return fails(...badly.flatMap((each) => each.fails))
    const from = (this.#handles.get(fd) as OpenDirectory).node
    const to = (this.#handles.get(toFd) as OpenDirectory).node
    const [source, goal] = [walk(from, path, follow), walk(to, toPath, 'entry')]
    const errors: ErrnoName[] = from.mount === to.mount ? [] : ['xdev']
    errors.push(...readOnly(from, true), ...readOnly(to, true))
    if (failed(source)) errors.push(...source.fails)
    if (failed(goal)) errors.push(...goal.fails)
    if (failed(source) || failed(goal)) {
      // What is wrong with the other one may be told first.
      if (!failed(source))
        errors.push(...(source.node ? (['perm', 'notdir', 'busy', 'inval'] as const) : (['noent', 'busy'] as const)))
      if (!failed(goal)) errors.push('exist', 'notdir', 'noent', 'busy', 'inval', 'isdir')
      return fails(...errors)
    }
    return act(source, goal, [...errors, ...gone(goal.parent)])
  }
}

const described = (node: Node): string =>
  node.kind === 'file'
    ? `file ${JSON.stringify(node.text)}`
    : node.kind === 'link'
      ? `link ${JSON.stringify(node.target)}`
      : 'directory'

const readOnly = ({ mount }: DirectoryNode, changes: boolean): ErrnoName[] => (changes && !mount.writable ? ['rofs'] : [])

/** Nothing is made in a directory that was removed. */
const gone = (directory: DirectoryNode): ErrnoName[] =>
  directory.above === null && directory !== directory.mount.root ? ['noent'] : []

/** What is wrong with a name under which something other than a directory is to be made. */
function newErrors({ name, node, slash }: Place): ErrnoName[] {
  if (name === null) return ['exist']
  if (node) return node.kind !== 'directory' && slash ? ['exist', 'notdir', 'noent'] : ['exist']
  return slash ? ['noent', 'notdir'] : []
}

function openErrors(
  { parent, name, node, slash }: Place,
  how: {
    readonly create: boolean
    readonly exclusive: boolean
    readonly truncate: boolean
    readonly directory: boolean
    readonly write: boolean
  },
): ErrnoName[] {
  if (!node) {
    if (!how.create || name === null) return ['noent']
    return [...gone(parent), ...(slash ? (['isdir', 'noent', 'notdir', 'inval'] as const) : [])]
  }
  const errors: ErrnoName[] = how.create && how.exclusive ? ['exist'] : []
  if (node.kind === 'link') errors.push('loop', ...(how.directory || slash ? (['notdir'] as const) : []))
  if (node.kind === 'directory' && (how.write || how.truncate || how.create)) errors.push('isdir')
  if (node.kind === 'file' && (how.directory || slash)) errors.push('notdir')
  return errors
}

function replaceErrors(node: Node, old: Node): ErrnoName[] {
  if (old.kind !== 'directory') return node.kind === 'directory' ? ['notdir'] : []
  if (node.kind !== 'directory') return ['isdir', 'notempty', 'exist']
  return old.names.size > 0 ? ['notempty', 'exist'] : []
}

function put(node: FileNode, at: number, text: string): void {
  node.text = node.text.slice(0, at).padEnd(at, '\0') + text + node.text.slice(at + text.length)
}

/** Path resolution. @param follow whether a link at the end is followed; `entry`: not even if a slash comes behind it, because it is the name itself that is meant */
function walk(start: DirectoryNode, path: string, follow: boolean | 'entry'): Walk {
  if (path === '') return { fails: ['noent'] }
  if (path.startsWith('/')) return { fails: OUT }
  const above: DirectoryNode[] = [start]
  let rest = path.split('/').filter(Boolean)
  let slash = path.endsWith('/')
  let links = 0
  const here = (): Place => ({ parent: above.at(-1)!, name: null, node: above.at(-1)!, slash: true })
  while (rest.length > 0) {
    const [name, ...others] = rest as [string, ...string[]]
    rest = others
    const at = above.at(-1)!
    if (name === '.') continue
    if (name === '..') {
      if (above.length === 1) return { fails: OUT }
      above.pop()
      continue
    }
    const node = at.names.get(name) ?? null
    const isLast = rest.length === 0
    if (!node) return isLast ? { parent: at, name, node, slash } : { fails: ['noent'] }
    if (node.kind === 'link' && (!isLast || follow === true || (follow === false && slash))) {
      if (++links > MAX_LINKS) return { fails: ['loop'] }
      if (node.target.startsWith('/')) return { fails: OUT }
      if (isLast) slash ||= node.target.endsWith('/')
      rest = [...node.target.split('/').filter(Boolean), ...rest]
      continue
    }
    if (isLast && node.kind !== 'directory') {
      return slash && follow !== 'entry' ? { fails: ['notdir'] } : { parent: at, name, node, slash }
    }
    if (isLast) return { parent: at, name, node, slash }
    if (node.kind !== 'directory') return { fails: ['notdir'] }
    above.push(node)
  }
  return here()
}

function depthOf(directory: DirectoryNode): number {
  let depth = 0
  for (let at = directory.above; at; at = at.above) depth++
  return depth
}

const leads = (target: string, from: DirectoryNode): boolean => leadsOut(target, depthOf(from))

const targetErrors = (target: string, from: DirectoryNode): ErrnoName[] =>
  target === '' ? ['noent', 'inval'] : leads(target, from) ? [...OUT] : []

/** Whether a link with this text leads out of its mount, from so many directories below the root. */
function leadsOut(target: string, depth: number): boolean {
  let level = depth
  let lowest = depth
  for (const name of target.split('/')) {
    level += name === '..' ? -1 : name === '' || name === '.' ? 0 : 1
    lowest = Math.min(lowest, level)
  }
  return target.startsWith('/') || lowest < 0
}

/** Whether it is, or holds, a link that would lead out if it lay in a directory of this depth. */
function waysOut(node: Node, depth: number): boolean {
  if (node.kind === 'link') return leadsOut(node.target, depth)
  return node.kind === 'directory' && [...node.names.values()].some((below) => waysOut(below, depth + 1))
}

function isBelow(directory: DirectoryNode, top: DirectoryNode): boolean {
  for (let at: DirectoryNode | null = directory; at; at = at.above) if (at === top) return true
  return false
}

const namesOf = (file: FileNode, directory: DirectoryNode): number =>
  [...directory.names.values()].reduce(
    (sum, node) => sum + (node === file ? 1 : node.kind === 'directory' ? namesOf(file, node) : 0),
    0,
  )
