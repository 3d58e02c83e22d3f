// A copy of the project's sources with one deliberate defect. It lies below the project, because Node strips no types below node_modules,
// and a copy elsewhere would not find the project's dependencies.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readProcess } from './processes.ts'
import type { Weakening } from './weakening-file.ts'

/** The weakening does not fit the sources. */
export class WeakeningBroken extends Error {
  override readonly name = 'WeakeningBroken'
}

const FOLDER = join('.cache', 'weakened')

/** Copies that exist: removed when this process ends in whatever orderly way. */
const copies = new Set<string>()
process.on('exit', () => {
  for (const path of copies) rmSync(path, { recursive: true, force: true })
})

export interface WeakenedCopy {
  /** Root of the copy; holds src, package.json, fuzz, and links to corpus and threat-model. */
  readonly root: string
  remove(): void
}

/** Puts `replace` where `find` stands. Throws WeakeningBroken unless it stands there exactly once. */
export function weaken(text: string, { file, find, replace }: Pick<Weakening, 'file' | 'find' | 'replace'>): string {
  const parts = text.split(find)
  if (parts.length !== 2) {
    const times = parts.length - 1
    throw new WeakeningBroken(
      `its text must occur exactly once in ${file}, but occurs ${times === 0 ? 'nowhere' : `${times} times`}: bring the record up to date`,
    )
  }
  if (find === replace) throw new WeakeningBroken('its replacement is the text that it replaces')
  return parts.join(replace)
}

/** Copies the sources below `root` and applies the weakening. Throws WeakeningBroken. */
export function makeWeakenedCopy(root: string, weakening: Weakening): WeakenedCopy {
  const source = join(root, weakening.file)
  if (!existsSync(source)) throw new WeakeningBroken(`there is no file ${weakening.file}: bring the record up to date`)
  const text = weaken(readFileSync(source, 'utf8'), weakening)
  // The process's number keeps runs that go on at the same time apart, and shows later whose copy was left behind.
  const copy = join(root, FOLDER, `${weakening.id}-${process.pid}`)
  copies.add(copy)
  const remove = (): void => {
    rmSync(copy, { recursive: true, force: true })
    copies.delete(copy)
  }
  try {
    rmSync(copy, { recursive: true, force: true })
    mkdirSync(copy, { recursive: true })
    cpSync(join(root, 'src'), join(copy, 'src'), { recursive: true })
    cpSync(join(root, 'package.json'), join(copy, 'package.json'))
    if (existsSync(join(root, 'fuzz'))) cpSync(join(root, 'fuzz'), join(copy, 'fuzz'), { recursive: true })
    for (const name of ['corpus', 'threat-model'])
      if (existsSync(join(root, name))) symlinkSync(join(root, name), join(copy, name), 'dir')
    writeFileSync(join(copy, weakening.file), text)
  } catch (error) {
    remove()
    throw error
  }
  return { root: copy, remove }
}

/** Removes copies whose process is no more: those of runs that were killed. */
export function removeStaleCopies(root: string): void {
  const folder = join(root, FOLDER)
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    const pid = Number(/-(\d+)$/.exec(name)?.[1] ?? 0)
    if (pid === process.pid || stillRuns(pid)) continue
    rmSync(join(folder, name), { recursive: true, force: true })
  }
}

function stillRuns(pid: number): boolean {
  if (pid <= 0) return false
  if (readProcess(pid)) return true
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
