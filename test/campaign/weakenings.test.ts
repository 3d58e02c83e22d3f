// Weakenings on a toy project: detected, missed and broken, each for the right reason, and nothing is left behind.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Attack } from '../../src/attacks/attack.ts'
import { makeWeakenedCopy, removeStaleCopies, WeakeningBroken, weaken } from '../../src/campaign/weakened-copy.ts'
import { loadWeakenings, type Weakening } from '../../src/campaign/weakening-file.ts'
import { decide, runWeakening, type WeakeningOptions, weakeningsUnavailable } from '../../src/campaign/weakenings.ts'
import { scratch, toyAttack } from './toys.ts'

const SANDBOX = `import { refused } from '../control.ts'
const answer = (outcome: string) => ({ outcome, detail: outcome, messages: [], stdout: new Uint8Array(0), stderr: new Uint8Array(0), exitCode: null, values: [], events: [] })
export default (level: string) => ({
  name: 'toy-' + level,
  version: '1',
  run: async ({ module }: { module: Uint8Array }) => answer(refused(new TextDecoder().decode(module)) ? 'refused' : 'completed'),
})
`
const CONTROL = `export function refused(word: string): boolean {
  if (word === 'evil') return true
  if (word === 'wicked') return true
  return false
}
`
const PROPERTY = `import { refused } from '../../src/control.ts'
export default {
  name: 'evil-is-refused',
  threats: ['LNK-01'],
  run: async () => ({ executions: 1, ...(refused('evil') ? {} : { failure: { message: 'evil was not refused', counterexample: 'evil' } }) }),
}
`

let project: ReturnType<typeof scratch>
beforeEach(() => {
  project = scratch()
  for (const folder of ['src/targets', 'fuzz/weakenings', 'fuzz/properties', 'corpus'])
    mkdirSync(join(project.path, folder), { recursive: true })
  writeFileSync(join(project.path, 'package.json'), '{"type":"module"}')
  writeFileSync(join(project.path, 'src/targets/sandbox.ts'), SANDBOX)
  writeFileSync(join(project.path, 'src/control.ts'), CONTROL)
  writeFileSync(join(project.path, 'fuzz/properties/evil.ts'), PROPERTY)
})
afterEach(() => {
  // Whatever the outcome, the sources are as they were and no copy is left.
  expect(readFileSync(join(project.path, 'src/control.ts'), 'utf8')).toBe(CONTROL)
  const copies = join(project.path, '.cache/weakened')
  expect(existsSync(copies) ? readdirSync(copies) : []).toEqual([])
  project.remove()
})

const EVIL = "if (word === 'evil') return true"
const weakening = (changes: Partial<Weakening> = {}): Weakening => ({
  id: 'no-evil',
  title: 'Evil is let in',
  control: 'import-match',
  threats: ['LNK-01'],
  file: 'src/control.ts',
  find: EVIL,
  replace: '',
  witnesses: ['EVIL'],
  kind: 'attack',
  target: 'jail',
  ...changes,
})
const attacks: Attack[] = [
  toyAttack('EVIL', 'evil'),
  toyAttack('WICKED', 'wicked', { threats: ['RES-01'] }),
  toyAttack('BOTH', 'evil', { threats: ['LNK-01', 'RES-01'] }),
  toyAttack('TWIN', 'evil', { twinWord: 'wicked' }),
]
const options = (changes: Partial<WeakeningOptions> = {}): WeakeningOptions => ({
  root: project.path,
  attacks: new Map(attacks.map((attack) => [attack.id, attack])),
  properties: new Map([['evil-is-refused', 'fuzz/properties/evil.ts']]),
  seed: 1,
  propertyMs: 500,
  baselines: { of: async () => 'contained' as const },
  ...changes,
})

describe('runWeakening', () => {
  it('is detected by a witness that goes red', async () => {
    const record = await runWeakening(weakening(), options())
    expect(record).toMatchObject({
      id: 'no-evil',
      result: 'detected',
      detectedBy: ['EVIL'],
      control: 'import-match',
      threats: ['LNK-01'],
    })
    expect(record.reason).toContain('must be refused, but was completed')
  })
  it('is detected for each of its threats', async () => {
    expect(await runWeakening(weakening({ threats: ['LNK-01', 'RES-01'], witnesses: ['BOTH'] }), options())).toMatchObject({
      result: 'detected',
    })
  })
  it.each<[string, Partial<Weakening>, Partial<WeakeningOptions>, RegExp]>([
    ['a witness that stays green', { find: 'return false', replace: 'return  false' }, {}, /EVIL: it was contained all the same/],
    ['a threat that no witness is about', { threats: ['LNK-01', 'RES-01'] }, {}, /none of its witnesses is about RES-01/],
    [
      'a threat whose witness stays green',
      { threats: ['LNK-01', 'RES-01'], witnesses: ['EVIL', 'WICKED'] },
      {},
      /nothing noticed RES-01/,
    ],
    [
      'a copy that refuses honest guests as well',
      { find: 'return false', replace: "return word !== 'evil'", witnesses: ['EVIL'] },
      {},
      /contained all the same/,
    ],
    [
      'a witness that is red without it',
      {},
      { baselines: { of: async () => 'violated' as const } },
      /violated without the weakening too/,
    ],
  ])('is missed: %s', async (_name, changes, more, reason) => {
    const record = await runWeakening(weakening(changes), options(more))
    expect(record.result).toBe('missed')
    expect(record.reason).toMatch(reason)
  })
  it('is missed if the twin is not allowed either', async () => {
    // The copy turns the control round: the attack goes through, but honest guests are refused.
    const changes = { find: EVIL, replace: "if (word !== 'evil') return true" }
    const record = await runWeakening(weakening(changes), options())
    expect(record).toMatchObject({ result: 'missed', reason: expect.stringContaining('its twin was not allowed either') })
  })
  it.each<[string, Partial<Weakening>, RegExp]>([
    ['text that is nowhere', { find: 'no such text' }, /occurs nowhere/],
    ['text that is there twice', { find: 'return true' }, /occurs 2 times/],
    ['a replacement that changes nothing', { replace: EVIL }, /is the text that it replaces/],
    ['a file that is not there', { file: 'src/gone.ts' }, /there is no file src\/gone\.ts/],
    ['a witness that is not there', { witnesses: ['EVIL', 'GONE'] }, /names GONE as witness/],
    ['a property that is not there', { kind: 'property', witnesses: ['gone'] }, /no such property/],
    ['sources that do not load any more', { replace: 'if (' }, /do not load/],
  ])('is broken: %s', async (_name, changes, reason) => {
    const record = await runWeakening(weakening(changes), options())
    expect(record).toMatchObject({ result: 'broken', detectedBy: [] })
    expect(record.reason).toMatch(reason)
  })
  it('is detected by a property of the copy', async () => {
    const record = await runWeakening(weakening({ kind: 'property', witnesses: ['evil-is-refused'] }), options())
    expect(record).toMatchObject({ result: 'detected', detectedBy: ['evil-is-refused'] })
  })
  it('is missed by a property that holds, and broken if it does not run', async () => {
    const property: Partial<Weakening> = { kind: 'property', witnesses: ['evil-is-refused'] }
    expect(
      (await runWeakening(weakening({ ...property, find: "word === 'wicked'", replace: 'false' }), options())).reason,
    ).toMatch(/held for 1 inputs all the same/)
    expect((await runWeakening(weakening({ ...property, replace: 'if (' }), options())).reason).toMatch(
      /does not run on the weakened sources/,
    )
  })
  it('is broken if the file of its witness holds another property', async () => {
    const record = await runWeakening(
      weakening({ kind: 'property', witnesses: ['evil'] }),
      options({ properties: new Map([['evil', 'fuzz/properties/evil.ts']]) }),
    )
    expect(record).toMatchObject({
      result: 'broken',
      reason: expect.stringContaining('holds the property evil-is-refused, not evil'),
    })
  })
  it('is not run to its end when it is stopped', async () => {
    expect(await runWeakening(weakening(), options({ signal: AbortSignal.abort() }))).toMatchObject({ result: 'not-run' })
  })
})

describe('decide', () => {
  const said = (witness: string, noticed: boolean, ...threats: string[]) => ({ witness, noticed, threats, words: 'w' })
  it('wants every threat noticed', () => {
    expect(decide(['A', 'B'], [said('a', true, 'A'), said('b', true, 'B')]).result).toBe('detected')
    expect(decide(['A', 'B'], [said('a', true, 'A'), said('b', false, 'B')])).toMatchObject({
      result: 'missed',
      detectedBy: ['a'],
    })
    expect(decide(['A'], [said('a', false, 'A'), said('b', true, 'A')]).result).toBe('detected')
    expect(decide(['A'], []).result).toBe('missed')
  })
})

describe('weaken', () => {
  it('takes the text as text', () => {
    expect(weaken('a $& (b)', { file: 'f', find: '(b)', replace: '$1 $& $$' })).toBe('a $& $1 $& $$')
    expect(() => weaken('aa', { file: 'f', find: 'a', replace: 'b' })).toThrow(WeakeningBroken)
  })
})

describe('copies', () => {
  it('removes those of processes that have ended, and no others', () => {
    const copies = join(project.path, '.cache/weakened')
    const dead = spawnSync(process.execPath, ['-e', '0']).pid
    for (const name of [`x-${dead}`, `y-${process.pid}`]) mkdirSync(join(copies, name), { recursive: true })
    removeStaleCopies(project.path)
    expect(readdirSync(copies)).toEqual([`y-${process.pid}`])
    const copy = makeWeakenedCopy(project.path, weakening({ id: 'y' }))
    expect(readFileSync(join(copy.root, 'src/control.ts'), 'utf8')).not.toContain('evil')
    copy.remove()
  })
})

describe('loadWeakenings', () => {
  const write = (name: string, text: string): void => writeFileSync(join(project.path, 'fuzz/weakenings', name), text)
  const load = () => loadWeakenings(join(project.path, 'fuzz/weakenings'))
  const yaml = 'id: a\ntitle: t\ncontrol: c\nthreats: [LNK-01]\nfile: src/control.ts\nfind: x\nreplace: ""\nwitnesses: [EVIL]\n'

  it('reads one weakening or a list from a file', () => {
    write('a.yaml', yaml)
    write('b.yaml', `- ${yaml.replace('id: a', 'id: b').trimEnd().replaceAll('\n', '\n  ')}\n`)
    const { weakenings, unreadable } = load()
    expect(unreadable).toEqual([])
    expect(weakenings.map(({ id, kind, target }) => [id, kind, target])).toEqual([
      ['a', 'attack', 'jail'],
      ['b', 'attack', 'jail'],
    ])
  })
  it.each([
    ['a field too many', `${yaml}extra: 1\n`, /entry 1: .*extra/],
    ['a field too few', yaml.replace('control: c\n', ''), /entry 1: control/],
    ['a file outside the sources', yaml.replace('src/control.ts', 'src/../package.json'), /file: name a file below src/],
    ['no YAML', 'id: [', /mend the YAML/],
    [
      'an id that is taken',
      `- ${yaml.trimEnd().replaceAll('\n', '\n  ')}\n- ${yaml.trimEnd().replaceAll('\n', '\n  ')}\n`,
      /the id a is taken/,
    ],
  ])('tells of a file with %s', (_name, text, message) => {
    write('bad.yaml', text)
    expect(load().unreadable).toEqual([expect.stringMatching(message)])
    expect(load().unreadable[0]).toMatch(/^fuzz\/weakenings\/bad\.yaml: /)
  })
  it('finds none where there is no folder', () => expect(loadWeakenings('/nowhere')).toEqual({ weakenings: [], unreadable: [] }))
})

it('says why weakenings cannot run in an installed package', () => {
  expect(weakeningsUnavailable(project.path)).toBeNull()
  const empty = scratch()
  expect(weakeningsUnavailable(empty.path)).toMatch(/run the gauntlet in a checkout/)
  empty.remove()
})
