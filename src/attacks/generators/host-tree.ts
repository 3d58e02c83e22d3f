// A tree of directories, files and links around a mount, and where a path in it leads: the reference with which answers of hosts are compared. Written
// from POSIX path resolution (4.16 of the base definitions) and the rule that nothing may lead out of the mount, not even on its way.

/** Files by their text, links by their target, by path from the parent of the mount; directories are what lies on the way to them. */
export interface HostTree {
  readonly files: ReadonlyMap<string, string>
  readonly links: ReadonlyMap<string, string>
}

/**
 * `outside`: leaves the mount at some step. `missing`: a name that is not there, or a file where a directory must be. `plain`: a file below the
 * mount without any link, dot or slash too many. `inside`: everything else; hosts differ in what they make of it.
 */
export type Place = 'outside' | 'missing' | 'plain' | 'inside'

const MAX_LINKS = 40

/** @param follow whether a link at the end is followed */
export function placeOf(tree: HostTree, mount: string, path: string, follow: boolean): Place {
  if (path.startsWith('/') || path.includes('\0')) return 'outside'
  if (tree.files.has(`${mount}/${path}`) && path.split('/').every((name) => !['', '.', '..'].includes(name))) return 'plain'
  const directories = new Set([...tree.files.keys(), ...tree.links.keys()].flatMap(parentsOf))
  const rest = path.split('/').filter((name) => name !== '' && name !== '.')
  const toDirectory = /(^|\/)\.?$/.test(path)
  const at: string[] = []
  for (let links = 0; rest.length > 0; ) {
    const name = rest.shift()!
    if (name === '..') {
      if (at.pop() === undefined) return 'outside'
      continue
    }
    const here = [mount, ...at, name].join('/')
    const target = tree.links.get(here)
    if (target !== undefined && (follow || rest.length > 0 || toDirectory)) {
      if (target.startsWith('/') || target.startsWith('{')) return 'outside'
      if (++links > MAX_LINKS) return 'missing'
      rest.unshift(...target.split('/').filter((part) => part !== '' && part !== '.'))
      continue
    }
    if (!directories.has(here) && !tree.files.has(here) && target === undefined) return 'missing'
    if (rest.length > 0 && !directories.has(here)) return 'missing'
    at.push(name)
  }
  return 'inside'
}

const parentsOf = (path: string): string[] => {
  const names = path.split('/')
  return names.slice(1).map((_, i) => names.slice(0, i + 1).join('/'))
}
