// The operations that take a path in a live directory.
import { link, mkdir, rename, rmdir, symlink, unlink } from 'node:fs/promises'
import { FILE_TYPE } from '../../host/fs/file-system.ts'
import { isLongerThan, leadsOut, PathEscape, type PathLimits, parentOf, type Resolved } from '../../host/fs/resolve.ts'
import type { Fields } from '../fields.ts'
import { type Operation, type Prepared, Refused } from '../operation.ts'
import { fault } from './errno.ts'
import { handleIn, pathIn, timesIn } from './fields.ts'
import type { OpenDirectory } from './handles.ts'
import { entryOf, type LiveNode } from './node.ts'
import { openFound } from './open.ts'
import type { Parts } from './parts.ts'
import { DONE, type PathRequest, type Subject } from './requests.ts'
import { readTarget, type Walks } from './walk.ts'
import { depthNow, holdsWayOut } from './ways-out.ts'

type Found = Resolved<LiveNode>
type Act = PathRequest<Found>['act']

const NEW_DIRECTORY_MODE = 0o700

/** A path as a request names it. */
interface Named {
  readonly from: OpenDirectory
  readonly path: string
  /** Guest path of it all, for people. */
  readonly object: string
}

function namedIn(fields: Fields, { handles }: Parts, [handle, path] = ['directory', 'path']): Named {
  const from = handles.directory(handleIn(fields, handle))
  const text = pathIn(fields, path)
  return { from, path: text, object: joined(from.path, text) }
}

/** An absolute path is refused, so it is shown as it is. */
const joined = (above: string, path: string): string =>
  path.startsWith('/') ? path : above === '/' ? `/${path}` : `${above}/${path}`

const isLink = (node: LiveNode | null): node is LiveNode => node?.type === FILE_TYPE['symbolic-link']
const isDirectory = (node: LiveNode): boolean => node.type === FILE_TYPE.directory

/** Directories between the mount's root and the name that was resolved. */
const depthOf = ({ mount }: OpenDirectory, found: Found): Promise<number> => depthNow(mount, parentOf(found))

/** A name that is to be made. @throws {GuestFault} `exist`, `noent`, `notdir` */
function newName({ node, name, mustBeDirectory }: Found): string {
  if (node && mustBeDirectory && !isDirectory(node)) throw fault('notdir')
  if (node || name === null) throw fault('exist')
  // A slash at the end is for directories only, and this becomes none.
  if (mustBeDirectory) throw fault('noent')
  return name
}

export function pathOperations(parts: Parts, limits: PathLimits): Readonly<Record<string, Operation>> {
  const { requests, growth, attributes } = parts

  const look = (hostCall: string, { from, path, object }: Named, follow: boolean, act: Act): Prepared =>
    requests.onPath({
      subject: { hostCall, object },
      find: (walks) => walks.resolve(from.node, path, follow ? 'follow' : 'keep'),
      act,
    })

  /** A change of one name. */
  const change = (hostCall: string, { from, path, object }: Named, act: Act): Prepared => {
    const subject = { hostCall, object }
    const refusal = requests.readOnly(subject, from.mount)
    return requests.onPath({ subject, refusal, find: (walks) => walks.resolve(from.node, path, 'entry'), act })
  }

  const operations: Record<string, Operation> = {
    'fs.open': (fields) => {
      const named = namedIn(fields, parts)
      const flag = (name: string) => fields.flag(name)
      const how = {
        create: flag('create'),
        exclusive: flag('exclusive'),
        truncate: flag('truncate'),
        directory: flag('mustBeDirectory'),
        follow: flag('follow'),
        read: flag('read'),
        write: flag('write'),
      }
      const { from, path, object } = named
      const subject = { hostCall: 'path_open', object }
      // Creating and truncating are changes whatever the handle is for afterwards (FSX-11).
      const refusal = how.create || how.truncate || how.write ? requests.readOnly(subject, from.mount) : null
      return requests.onPath({
        subject,
        refusal,
        // A name that must be new is looked at as it is, as POSIX has it for O_EXCL: a link there is something that exists (FSX-24).
        find: (walks) => walks.resolve(from.node, path, how.follow && !(how.create && how.exclusive) ? 'follow' : 'keep'),
        act: (found, walks) => openFound(parts, { from, path: object, how }, found, walks),
      })
    },

    'fs.statPath': (fields) => {
      const named = namedIn(fields, parts)
      return look('path_filestat_get', named, fields.flag('follow'), async ({ node }) => {
        if (!node) throw fault('noent')
        const stat = await node.descriptor.stat({ bigint: true })
        return { errno: 'success', fields: attributes.fields(stat, named.from.mount.index) }
      })
    },

    'fs.setTimesPath': (fields) => {
      const { from, path, object } = namedIn(fields, parts)
      const follow = fields.flag('follow')
      const times = timesIn(fields)
      const subject = { hostCall: 'path_filestat_set_times', object }
      return requests.onPath({
        subject,
        refusal: requests.readOnly(subject, from.mount),
        find: (walks) => walks.resolve(from.node, path, follow ? 'follow' : 'keep'),
        act: async ({ node }) => {
          if (!node) throw fault('noent')
          await attributes.setTimes(node.descriptor, times)
          return DONE
        },
      })
    },

    'fs.readLink': (fields) => {
      const { from, path, object } = namedIn(fields, parts)
      return requests.onPath({
        subject: { hostCall: 'path_readlink', object },
        // Read before it is decided: a target that leads out may name anything of the host's, and is withheld (FSX-26).
        find: async (walks) => {
          // A slash behind a link's name asks for what it leads to (FSX-07).
          const found = await walks.resolve(from.node, path, 'keep')
          if (!found.node) throw fault('noent')
          const target = await readTarget(found.node)
          if (leadsOut(target, await depthOf(from, found))) throw new PathEscape()
          return target
        },
        act: async (target) => ({ errno: 'success', body: new TextEncoder().encode(target) }),
      })
    },

    'fs.createDirectory': (fields) =>
      change('path_create_directory', namedIn(fields, parts), async (found) => {
        if (found.node || found.name === null) throw fault('exist')
        const path = entryOf(parentOf(found), found.name)
        await growth.during('inodes', 1, () => mkdir(path, NEW_DIRECTORY_MODE))
        return DONE
      }),

    'fs.removeDirectory': (fields) =>
      change('path_remove_directory', namedIn(fields, parts), async (found) => {
        if (!found.node) throw fault('noent')
        // `.`, and with it the mount itself (FSX-27).
        if (found.name === null) throw fault('inval')
        if (!isDirectory(found.node)) throw fault('notdir')
        await rmdir(entryOf(parentOf(found), found.name))
        return DONE
      }),

    'fs.unlink': (fields) =>
      change('path_unlink_file', namedIn(fields, parts), async (found) => {
        if (!found.node) throw fault('noent')
        if (found.name === null || isDirectory(found.node)) throw fault('isdir')
        if (found.mustBeDirectory) throw fault('notdir')
        await unlink(entryOf(parentOf(found), found.name))
        return DONE
      }),

    'fs.symlink': (fields) => {
      const { from, path, object } = namedIn(fields, parts)
      const target = pathIn(fields, 'target')
      const subject = { hostCall: 'path_symlink', object }
      return requests.onPath({
        subject,
        refusal: requests.readOnly(subject, from.mount),
        find: async (walks) => {
          const found = await walks.resolve(from.node, path, 'entry')
          mustFitAsTarget(target, limits, await depthOf(from, found))
          return found
        },
        act: async (found) => {
          const link = entryOf(parentOf(found), newName(found))
          await growth.during('inodes', 1, () => symlink(target, link))
          return DONE
        },
      })
    },

    'fs.link': (fields) => {
      const follow = fields.flag('follow')
      return twoPaths(parts, 'path_link', fields, follow ? 'follow' : 'entry', async (source, target) => {
        if (!source.node) throw fault('noent')
        if (isDirectory(source.node) || source.name === null) throw fault('perm')
        if (source.mustBeDirectory) throw fault('notdir')
        const from = entryOf(parentOf(source), source.name)
        const to = entryOf(parentOf(target), newName(target))
        await growth.during('inodes', 1, () => link(from, to))
      })
    },

    'fs.rename': (fields) =>
      twoPaths(parts, 'path_rename', fields, 'entry', async (source, target) => {
        // The mount itself among them (FSX-27).
        if (source.name === null || target.name === null) throw fault('busy')
        if (!source.node) throw fault('noent')
        if ((source.mustBeDirectory || target.mustBeDirectory) && !isDirectory(source.node)) throw fault('notdir')
        await rename(entryOf(parentOf(source), source.name), entryOf(parentOf(target), target.name))
      }),
  }
  return operations
}

/** A change of two names, both of one mount. */
function twoPaths(
  parts: Parts,
  hostCall: string,
  fields: Fields,
  lastLink: 'follow' | 'entry',
  act: (source: Found, target: Found) => Promise<void>,
): Prepared {
  const { requests } = parts
  const a = namedIn(fields, parts)
  const b = namedIn(fields, parts, ['to', 'toPath'])
  const subject: Subject = { hostCall, object: `${a.object} -> ${b.object}` }
  // Between mounts neither end could keep its rights (FSX-09, FSX-10).
  const refusal = a.from.mount === b.from.mount ? requests.readOnly(subject, a.from.mount) : new Refused('xdev')
  return requests.onPath({
    subject,
    refusal,
    find: async (walks) => {
      const source = await walks.resolve(a.from.node, a.path, lastLink)
      const target = await walks.resolve(b.from.node, b.path, 'entry')
      // A link that stays inside where it is may lead out from where it would be, and so may one in a directory that is moved up (FSX-05).
      const depth = await depthOf(b.from, target)
      if (isLink(source.node) && leadsOut(await readTarget(source.node), depth)) throw new PathEscape()
      if (source.node && isDirectory(source.node) && depth < (await depthOf(a.from, source))) {
        if (await holdsWayOut(source.node, depth + 1, walks.signal)) throw new PathEscape()
      }
      return { source, target }
    },
    act: async ({ source, target }, walks: Walks) => {
      walks.signal.throwIfAborted()
      await act(source, target)
      return DONE
    },
  })
}

/** @throws {PathEscape} if it leads out */
function mustFitAsTarget(target: string, { pathBytes }: PathLimits, depth: number): void {
  if (target === '') throw fault('noent')
  if (target.includes('\0')) throw fault('inval')
  if (isLongerThan(target, pathBytes)) throw fault('nametoolong')
  if (leadsOut(target, depth)) throw new PathEscape()
}
