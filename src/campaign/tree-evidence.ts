// What the project has to try each threat with, read from its tree; whether any of it was run, and what came of it, is for reports to say.
import { existsSync, readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { propertyFiles } from './properties.ts'
import type { FuzzTargetAbout, Property } from './property.ts'
import { loadWeakenings } from './weakening-file.ts'

/** `case`: of the corpus, each with its twin. `fuzzer`: guided by coverage. */
export const TREE_KINDS = ['case', 'generator', 'property', 'fuzzer', 'weakening'] as const
export type TreeKind = (typeof TREE_KINDS)[number]

export interface TreeItem {
  readonly kind: TreeKind
  readonly name: string
  readonly threats: readonly string[]
  /** Only a weakening names the control that it takes away. */
  readonly control: string | null
  /** Relative to the project; the folder, where one file holds several and cannot be told from here. */
  readonly file: string
}

export interface Tree {
  readonly items: readonly TreeItem[]
  /** Files that cannot be used, one sentence each. */
  readonly unreadable: readonly string[]
}

/** @param root the project; an installed package has no fuzz/, and so no properties, fuzzers and weakenings */
export async function readTree(root: string): Promise<Tree> {
  const fuzz = join(root, 'fuzz')
  const corpus = existsSync(join(root, 'corpus')) ? await casesIn(join(root, 'corpus')) : { items: [], unreadable: [] }
  const { weakenings, unreadable } = loadWeakenings(join(fuzz, 'weakenings'))
  return {
    items: [
      ...corpus.items,
      ...(await generators()),
      ...(await exportsOf(root, propertyFiles(join(fuzz, 'properties')), 'property')),
      ...(await exportsOf(root, fuzzersIn(fuzz), 'fuzzer')),
      ...weakenings.map(({ id, threats, control }) => ({
        kind: 'weakening' as const,
        name: id,
        threats,
        control,
        file: 'fuzz/weakenings/',
      })),
    ],
    unreadable: [...corpus.unreadable, ...unreadable],
  }
}

async function casesIn(folder: string): Promise<Tree> {
  const { loadCorpus } = await import('../attacks/corpus.ts')
  const { attacks, unreadable } = await loadCorpus(folder)
  const items = attacks.map(({ id, threats, origin }) => ({
    kind: 'case' as const,
    name: id,
    threats,
    control: null,
    file: origin.kind === 'corpus' ? origin.path : 'corpus/',
  }))
  return { items, unreadable: unreadable.map(({ message }) => message) }
}

async function generators(): Promise<TreeItem[]> {
  const { GENERATORS } = await import('../attacks/registry.ts')
  return GENERATORS.map(({ name, threats }) => ({
    kind: 'generator',
    name,
    threats,
    control: null,
    file: 'src/attacks/generators/',
  }))
}

const fuzzersIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.fuzz.ts'))
        .sort()
        .map((name) => join(folder, name))
    : []

/** They are the project's own code, and say what they are about when they are loaded, before anything of them is run. */
async function exportsOf(root: string, files: readonly string[], kind: 'property' | 'fuzzer'): Promise<TreeItem[]> {
  const items: TreeItem[] = []
  for (const path of files) {
    const loaded = (await import(pathToFileURL(path).href)) as {
      readonly default?: Property
      readonly property?: Property
      readonly about?: FuzzTargetAbout
    }
    const file = relative(root, path).split(sep).join('/')
    const about = loaded.about ?? loaded.default ?? loaded.property
    const name = (loaded.default ?? loaded.property)?.name ?? file.replace(/^.*\/|\.fuzz\.ts$/g, '')
    items.push({ kind, name, threats: about?.threats ?? [], control: null, file })
  }
  return items
}
