// The stored weakenings: every record can be read, fits the sources of today, names what exists, and together they reach what they must.
import { readdirSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { basename, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Corpus, loadCorpus } from '../../src/attacks/corpus.ts'
import { propertyFiles } from '../../src/campaign/properties.ts'
import type { Property } from '../../src/campaign/property.ts'
import { weaken } from '../../src/campaign/weakened-copy.ts'
import { loadWeakenings, type Weakening } from '../../src/campaign/weakening-file.ts'
import { loadThreatModel } from '../../src/threats/load.ts'

const ROOT = join(import.meta.dirname, '../..')
const FOLDER = join(ROOT, 'fuzz', 'weakenings')
const { weakenings, unreadable } = loadWeakenings(FOLDER)
const model = loadThreatModel()

let corpus: Corpus
const threatsOf = new Map<string, readonly string[]>()
/** Properties by the names of their files. */
const named = new Map<string, string>()
beforeAll(async () => {
  corpus = await loadCorpus(join(ROOT, 'corpus'))
  for (const { id, threats } of corpus.attacks) threatsOf.set(`attack ${id}`, threats)
  for (const path of propertyFiles(join(ROOT, 'fuzz', 'properties'))) {
    const { name, threats } = ((await import(path)) as { default: Property }).default
    named.set(basename(path, '.ts'), name)
    threatsOf.set(`property ${name}`, threats)
  }
})
/** Ids of the records that break a rule. */
const breaking = (rule: (each: Weakening) => boolean) => weakenings.filter((each) => !rule(each)).map(({ id }) => id)
const textOf = ({ file }: Weakening) => readFileSync(join(ROOT, file), 'utf8')
const declared = new Set(weakenings.flatMap(({ threats }) => threats))

describe('each stored weakening', () => {
  test('can be read', () => {
    expect(unreadable).toEqual([])
    expect(weakenings.length).toBeGreaterThanOrEqual(60)
  })

  test('stands in a file of its control and begins with its name', () => {
    const controls = new Set(model.controls.map(({ id }) => id))
    expect(breaking(({ id, control }) => controls.has(control) && id.startsWith(`${control}-`))).toEqual([])
    for (const name of readdirSync(FOLDER)) {
      const [control, ...others] = new Set(weakeningsIn(name).map((each) => each.control))
      // What else is in the name says which part of them it holds.
      const named = `-${name.replace('.yaml', '-')}`.includes(`-${control}-`)
      expect({ name, named, others }).toEqual({ name, named: true, others: [] })
    }
  })

  test('names threats of the threat model, and no threat twice', () => {
    const known = new Set(model.threats.map(({ id }) => id))
    expect(breaking(({ threats }) => threats.every((id) => known.has(id)) && new Set(threats).size === threats.length)).toEqual(
      [],
    )
  })

  test('fits its file in exactly one place, and what comes out is still a program', () => {
    const misfits = weakenings.flatMap((each) => {
      try {
        stripTypeScriptTypes(weaken(textOf(each), each))
        return []
      } catch (error) {
        return [`${each.id}: ${(error as Error).message}`]
      }
    })
    expect(misfits).toEqual([])
  })

  test('is no other one under a new name', () => {
    const defects = weakenings.map(({ file, find, replace }) => JSON.stringify([file, find, replace]))
    expect(defects.filter((defect, index) => defects.indexOf(defect) !== index)).toEqual([])
  })

  test('has a witness for each of its threats, and no witness without one', () => {
    expect(
      breaking(({ threats, witnesses, kind }) => {
        const about = witnesses.map((witness) => threatsOf.get(`${kind} ${witness}`) ?? [])
        return threats.every((id) => about.flat().includes(id)) && about.every((ids) => ids.some((id) => threats.includes(id)))
      }),
    ).toEqual([])
  })
})

describe('all stored weakenings together', () => {
  test('reach the main threat of every case of the corpus', () => {
    const mains = new Set(corpus.attacks.map(({ threats }) => threats[0]!))
    expect(mains.size).toBeGreaterThanOrEqual(80)
    expect([...mains].filter((id) => !declared.has(id))).toEqual([])
  })

  test('find their properties by the names of the files', () => {
    expect([...named].filter(([file, name]) => file !== name)).toEqual([])
  })

  test('reach every control that is built', () => {
    const built = model.controls.filter(({ paths }) => paths.length > 0).map(({ id }) => id)
    const reached = new Set(weakenings.map(({ control }) => control))
    expect(built.filter((id) => !reached.has(id))).toEqual([])
  })
})

function weakeningsIn(name: string): Weakening[] {
  const text = readFileSync(join(FOLDER, name), 'utf8')
  return weakenings.filter(({ id }) => text.includes(`id: ${id}\n`))
}
