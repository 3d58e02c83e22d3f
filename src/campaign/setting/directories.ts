// The directories of a setting, and what became of them.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Setting, SettingEntry } from '../../attacks/setting.ts'

const MAX_READ = 64 * 2 ** 20

/** Makes the directories below `base`. @param fill replaces placeholders in texts and targets */
export function makeDirectories(base: string, directories: Setting['directories'] = {}, fill: (text: string) => string): void {
  const later: [string, string][] = []
  for (const [name, entries] of Object.entries(directories)) {
    mkdirSync(join(base, name))
    for (const [path, entry] of Object.entries(entries)) {
      const place = join(base, name, path)
      mkdirSync(dirname(place), { recursive: true })
      // The first name of a file has to be there before the second.
      if (typeof entry === 'object' && 'hardLink' in entry) later.push([join(base, entry.hardLink), place])
      else makeEntry(place, entry, fill)
    }
  }
  for (const [from, to] of later) linkSync(from, to)
}

function makeEntry(place: string, entry: Exclude<SettingEntry, { hardLink: string }>, fill: (text: string) => string): void {
  if (typeof entry === 'string') writeFileSync(place, fill(entry))
  else if ('link' in entry) symlinkSync(fill(entry.link), place)
  else if ('directory' in entry) mkdirSync(place, { recursive: true })
  else if (spawnSync('mkfifo', [place]).status !== 0) throw new Error(`the FIFO of a setting could not be made at ${place}`)
}

/** Everything below the directories: path, and what can be changed of it. Access times are left out: a granted read changes them. */
export type Tree = ReadonlyMap<string, string>

export function readTree(base: string, names: readonly string[]): Tree {
  const tree = new Map<string, string>()
  const visit = (path: string): void => {
    const place = join(base, path)
    const stat = lstatSync(place, { throwIfNoEntry: false })
    // Gone, or going: whoever was attacked may have left something that still runs.
    if (!stat) return
    const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'link' : 'other'
    const content = stat.isFile() ? contentOf(place, stat.size) : stat.isSymbolicLink() ? readlinkSync(place) : ''
    // A directory's own time changes with its entries, which are told by themselves.
    tree.set(path, [kind, content, stat.mode, stat.isDirectory() ? '' : `${stat.mtimeMs} ${stat.nlink}`].join(' '))
    if (stat.isDirectory()) for (const name of readdirSync(place).sort()) visit(`${path}/${name}`)
  }
  for (const name of names) visit(name)
  return tree
}

/** Of a file that a guest made larger than any of a setting is, the size says enough: it can be all holes (FSX-28). */
const contentOf = (place: string, size: number): string =>
  size > MAX_READ ? `${size} bytes` : createHash('sha256').update(readFileSync(place)).digest('hex')

/** What differs, one line each: `root/x created`, `changed` or `removed`. */
export function treeChanges(before: Tree, after: Tree): string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])]
  return paths.flatMap((path) => {
    const [was, is] = [before.get(path), after.get(path)]
    if (was === is) return []
    return [`${path} ${was === undefined ? 'created' : is === undefined ? 'removed' : 'changed'}`]
  })
}
