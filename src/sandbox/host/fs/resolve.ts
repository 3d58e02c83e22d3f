// Path resolution: one algorithm for the trees in the cell's memory and for the directories behind the broker, so that they cannot disagree.
//
// Component by component, from the directory that the path is given to, and never above it: `..` is the directory that was really passed
// through, not what the text before it looks like (FSX-01, FSX-06, FSX-30). It asks for one step at a time, so that the same code runs at once
// over memory and in turns over a file system.
import { ERRNO, GuestFault } from '../errno.ts'
import { FILE_TYPE, type FileType } from './file-system.ts'

/** Links that one resolution follows; what Linux does (path_resolution(7)). */
const MAX_LINKS = 40

/** The path led out of the directory that it was given to, or would have: `perm`. Whoever catches it tells the embedder. */
export class PathEscape extends GuestFault {
  constructor() {
    super(ERRNO.perm)
  }
}

/** What is reached: a directory is walked through, a symbolic link is followed, anything else ends the path. */
export interface Node {
  readonly type: FileType
}

/** What the resolution wants to know next. */
export type Step<N extends Node> =
  /** Answer: what has this name (never `.`, `..`, or one with a slash) in the directory, the link itself if it is one; null if nothing has. */
  | { readonly kind: 'look-up'; readonly directory: N; readonly name: string }
  /** Answer: the link's target. */
  | { readonly kind: 'read-link'; readonly link: N }
export type StepAnswer<N extends Node> = N | null | string
export type Resolution<N extends Node> = Generator<Step<N>, Resolved<N>, StepAnswer<N>>

export interface PathLimits {
  /** Bytes of one name, UTF-8. */
  readonly nameBytes: number
  /** Bytes of one path or link target, UTF-8. */
  readonly pathBytes: number
}

/**
 * What happens to a symbolic link at the end of the path. `follow`: it is followed. `keep`: it is the result, unless a slash comes after it, which
 * follows it as POSIX says (FSX-07). `entry`: it is the result in any case; for calls that make or remove the name itself.
 */
export type LastLink = 'follow' | 'keep' | 'entry'

export interface Resolved<N extends Node> {
  /** The directories passed through: first the one that the path was given to, last the one that holds `name`. */
  readonly directories: readonly [N, ...N[]]
  /** The name in the last directory. Null if the path ended in `.` or `..`, or was the starting directory: then `node` is the last directory. */
  readonly name: string | null
  /** Null if there is nothing of that name; a caller that creates it does so in the last directory. */
  readonly node: N | null
  /** A slash, `.` or `..` at the end: what it names must be a directory. If `node` is something else here, that was not checked yet only for `entry`. */
  readonly mustBeDirectory: boolean
}

/** The last directory of a resolution. */
export const parentOf = <N extends Node>({ directories }: Resolved<N>): N => directories.at(-1)!

/**
 * @param path the guest's text, decoded
 * @throws {PathEscape} if the path is absolute or leads above `start`, a link's target on the way included
 * @throws {GuestFault} `noent`, `notdir`, `loop`, `nametoolong`, `inval`
 */
export function* resolve<N extends Node>(start: N, path: string, lastLink: LastLink, limits: PathLimits): Resolution<N> {
  const stack: [N, ...N[]] = [start]
  const { names: pending, mustBeDirectory: atEnd } = split(path, limits)
  let mustBeDirectory = atEnd
  let links = 0
  // What is still to come, backwards: a link's target goes on top.
  pending.reverse()
  while (pending.length > 0) {
    const name = pending.pop()!
    if (name === '.') continue
    if (name === '..') {
      if (stack.length === 1) throw new PathEscape()
      stack.pop()
      continue
    }
    const last = pending.length === 0
    const node = (yield { kind: 'look-up', directory: stack.at(-1)!, name }) as N | null
    if (node === null) {
      if (!last) throw new GuestFault(ERRNO.noent)
      return { directories: stack, name, node, mustBeDirectory }
    }
    if (node.type === FILE_TYPE['symbolic-link'] && (!last || follows(lastLink, mustBeDirectory))) {
      if (++links > MAX_LINKS) throw new GuestFault(ERRNO.loop)
      const target = split((yield { kind: 'read-link', link: node }) as string, limits)
      if (last) mustBeDirectory ||= target.mustBeDirectory
      for (let i = target.names.length - 1; i >= 0; i--) pending.push(target.names[i]!)
      continue
    }
    if (last) {
      if (mustBeDirectory && lastLink !== 'entry' && node.type !== FILE_TYPE.directory) throw new GuestFault(ERRNO.notdir)
      return { directories: stack, name, node, mustBeDirectory }
    }
    if (node.type !== FILE_TYPE.directory) throw new GuestFault(ERRNO.notdir)
    stack.push(node)
  }
  return { directories: stack, name: null, node: stack.at(-1)!, mustBeDirectory: true }
}

const follows = (lastLink: LastLink, mustBeDirectory: boolean): boolean =>
  lastLink === 'follow' || (lastLink === 'keep' && mustBeDirectory)

/** The names of a path or of a link's target, without the empty ones and without `.` but at the end. @throws {GuestFault} */
function split(path: string, { nameBytes, pathBytes }: PathLimits): { names: string[]; mustBeDirectory: boolean } {
  if (path.includes('\0')) throw new GuestFault(ERRNO.inval)
  if (isLongerThan(path, pathBytes)) throw new GuestFault(ERRNO.nametoolong)
  if (path === '') throw new GuestFault(ERRNO.noent)
  if (path.startsWith('/')) throw new PathEscape()
  const parts = path.split('/')
  const end = parts.at(-1)!
  const names = parts.filter((part) => part !== '' && part !== '.')
  // At the end it is the directory itself that is named, and not the name before it, which must lead to one (FSX-07, FSX-27).
  if (parts.findLast((part) => part !== '') === '.') names.push('.')
  for (const name of names) if (isLongerThan(name, nameBytes)) throw new GuestFault(ERRNO.nametoolong)
  return { names, mustBeDirectory: end === '' || end === '.' || end === '..' }
}

/** Whether a text has more bytes of UTF-8 than this. */
export const isLongerThan = (text: string, bytes: number): boolean => text.length > bytes || Buffer.byteLength(text) > bytes

/**
 * Whether a link's target, read as text, leads out: absolute, or with more `..` than there are directories above the link. Such links are not
 * made (FSX-05); whether a link that is there leads out is decided when it is followed, whatever it looks like.
 *
 * @param depth directories between the mount's root and the link: 0 for one in the root itself
 */
export function leadsOut(target: string, depth: number): boolean {
  if (target.startsWith('/')) return true
  let level = depth
  for (const part of target.split('/')) {
    if (part === '..') level--
    else if (part !== '' && part !== '.') level++
    if (level < 0) return true
  }
  return false
}

/** Drives a resolution over a tree that answers at once. */
export function resolveNow<N extends Node>(resolution: Resolution<N>, answer: (step: Step<N>) => StepAnswer<N>): Resolved<N> {
  let next = resolution.next()
  while (!next.done) next = resolution.next(answer(next.value))
  return next.value
}

/** Drives a resolution over a tree that has to be asked. */
export async function resolveLater<N extends Node>(
  resolution: Resolution<N>,
  answer: (step: Step<N>) => Promise<StepAnswer<N>>,
): Promise<Resolved<N>> {
  let next = resolution.next()
  while (!next.done) next = resolution.next(await answer(next.value))
  return next.value
}
