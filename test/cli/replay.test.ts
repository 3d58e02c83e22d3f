// gauntlet replay: a corpus case, a stored trial and a generator's seed, on a target that holds and on one that does not.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { assemble } from '../../src/attacks/assemble.ts'
import { portableProperty } from '../../src/campaign/portable.ts'
import { makeWeakenedCopy } from '../../src/campaign/weakened-copy.ts'
import { loadWeakenings } from '../../src/campaign/weakening-file.ts'
import { complaint, gauntlet, scratch } from './spawn.ts'

const { dir, remove } = scratch()
afterAll(remove)
const PROJECT = resolve(import.meta.dirname, '..', '..')
const CASE = 'corpus/LNK-01-constructor-constructor.wat'

describe('a corpus case', () => {
  it('is contained by our own sandbox', async () => {
    const ended = await gauntlet(['replay', CASE])
    expect(ended.stdout).toMatch(/^attack +contained$/m)
    expect(ended.stdout).toMatch(/^twin +allowed$/m)
    expect(ended.stdout).toMatch(/^verdict +contained: /m)
    for (const oracle of ['canary', 'process', 'time', 'resource', 'verdict'])
      expect(ended.stdout).toMatch(new RegExp(`^ {2}${oracle} +contained: `, 'm'))
    expect(ended.code).toBe(0)
  })

  it('is found by its id, and violates bare', async () => {
    const ended = await gauntlet(['replay', 'LNK-01-constructor-constructor', '--target', 'bare', '--json'])
    const replay = JSON.parse(ended.stdout)
    expect(replay).toMatchObject({
      attack: 'LNK-01-constructor-constructor',
      target: { name: 'bare', own: false },
      verdict: 'violated',
      trials: {
        attack: { verdict: 'violated', observation: { result: { outcome: 'completed' } } },
        twin: { verdict: 'contained' },
      },
    })
    expect(ended.code).toBe(1)
  })
})

describe('several cases', () => {
  it('are replayed one after the other, and the gravest decides the exit code', async () => {
    const ended = await gauntlet(['replay', 'CTL-11-exit-code-range', CASE, '--target', 'bare', '--json'])
    const verdicts = (JSON.parse(ended.stdout) as { attack: string; verdict: string }[]).map(({ attack, verdict }) => [
      attack,
      verdict,
    ])
    expect(verdicts.map(([attack]) => attack)).toEqual(['CTL-11-exit-code-range', 'LNK-01-constructor-constructor'])
    expect(verdicts[1]![1]).toBe('violated')
    expect(ended.code).toBe(1)
  })

  it('are all read before the first is tried', async () => {
    const ended = await gauntlet(['replay', CASE, 'no-such-case'])
    expect([ended.stdout, ended.code]).toEqual(['', 66])
    expect(ended.stderr).toContain('no-such-case')
  })
})

describe('a stored trial', () => {
  const store = async (name: string, expected: string) => {
    writeFileSync(join(dir, `${name}.wasm`), await assemble('(module (func (export "_start") unreachable))'))
    const trial = { run: {}, expect: { outcomes: [expected] } }
    writeFileSync(join(dir, `${name}.json`), JSON.stringify({ attack: name, target: 'jail', threats: ['CTL-10'], trial }))
    return join(dir, `${name}.json`)
  }

  it('is judged without a twin', async () => {
    const ended = await gauntlet(['replay', await store('traps', 'trapped')])
    expect(ended.stdout).toContain('none is stored with this trial')
    expect(ended.code).toBe(0)
  })

  it('is violated if something else happens than it expects', async () => {
    const ended = await gauntlet(['replay', await store('completes', 'completed')])
    expect(ended.stdout).toMatch(/^verdict +violated: the outcome must be completed, but was trapped/m)
    expect(ended.code).toBe(1)
  })

  it('needs its module', async () => {
    writeFileSync(
      join(dir, 'alone.json'),
      JSON.stringify({ attack: 'a', target: 'jail', threats: [], trial: { run: {}, expect: { outcomes: ['trapped'] } } }),
    )
    const ended = await gauntlet(['replay', join(dir, 'alone.json')])
    expect(complaint(ended)).toMatch(/alone\.wasm cannot be read \(ENOENT\)/)
    expect(ended.code).toBe(66)
  })
})

describe('one seed of a generator', () => {
  it('is the same attack each time', async () => {
    const { GENERATORS } = await import('../../src/attacks/registry.ts')
    const what = `generator:${GENERATORS[0]!.name}@7`
    const first = JSON.parse((await gauntlet(['replay', what, '--json'])).stdout)
    const second = JSON.parse((await gauntlet(['replay', what, '--json'])).stdout)
    expect(first.verdict).toBe('contained')
    expect([second.attack, second.verdict, second.trials.attack.expected]).toEqual([
      first.attack,
      first.verdict,
      first.trials.attack.expected,
    ])
  })
})

describe('a finding on another machine', () => {
  it('of the corpus is its case and its target', async () => {
    const ended = await gauntlet(['replay', 'case:LNK-01-constructor-constructor/bare'])
    expect(ended.stdout).toMatch(/^target +bare /m)
    expect(ended.code).toBe(1)
  })
  it('that a generator made is its seed, as long as that still makes the same', async () => {
    const { GENERATORS } = await import('../../src/attacks/registry.ts')
    const { portableAttack } = await import('../../src/campaign/portable.ts')
    const word = portableAttack(await GENERATORS[0]!.generate(7), 'jail')!
    expect((await gauntlet(['replay', word])).code).toBe(0)
    const ended = await gauntlet(['replay', word.replace(/#[0-9a-f]{8}/, '#00000000')])
    expect(complaint(ended)).toMatch(/makes another module of this seed than when the finding was made/)
    expect(ended.code).toBe(66)
  })
  it('of a property is its seed', async () => {
    const ended = await gauntlet(['replay', 'property:no-such-property@1'])
    expect(complaint(ended)).toMatch(/There is no property "no-such-property"/)
    expect(ended.code).toBe(64)
  }, 60_000)
  it('of a property is refuted there, and holds here', async () => {
    const weakening = loadWeakenings(join(PROJECT, 'fuzz', 'weakenings')).weakenings.find(
      ({ id }) => id === 'pointer-removal-left-in',
    )!
    const word = portableProperty('admitted-sections', 3)
    const copy = makeWeakenedCopy(PROJECT, weakening)
    try {
      const main = join(copy.root, 'src', 'cli', 'main.ts')
      const there = spawnSync(process.execPath, ['--no-warnings', main, 'replay', word], { encoding: 'utf8' })
      expect(there.stdout).toMatch(/^verdict +violated: .*$/m)
      expect(there.status).toBe(1)
    } finally {
      copy.remove()
    }
    const ended = await gauntlet(['replay', 'property:source-rules@3'])
    expect(ended.stdout).toMatch(/^verdict +contained: it held$/m)
    expect(ended.code).toBe(0)
  })
  it('of a fuzzing target is its input', async () => {
    const { portableInput } = await import('../../src/campaign/portable.ts')
    const ended = await gauntlet(['replay', portableInput('reader', Uint8Array.of(1, 2, 3))!, '--json'])
    expect(JSON.parse(ended.stdout)).toMatchObject({ attack: 'input of reader', verdict: 'contained', counterexample: null })
    expect(ended.code).toBe(0)
  })
  it.each([
    ['trial:AAAA', 64, /is damaged/],
    ['0123456789ab', 66, /No run in .* found 0123456789ab; .* or the long id/],
    ['case:LNK-01-nothing/bare', 66, /There is no case LNK-01-nothing/],
  ])('%s is told', async (word, code, message) => {
    const ended = await gauntlet(['replay', word, '--reports', dir])
    expect(complaint(ended)).toMatch(message)
    expect(ended.code).toBe(code)
  })
})

const broken: [what: string, args: string[], code: number, message: RegExp][] = [
  [
    'a case that is not there',
    ['LNK-01-nothing'],
    66,
    /LNK-01-nothing cannot be read \(ENOENT\); name a finding by its id, a corpus file or case/,
  ],
  ['a file that is no attack', ['README.md'], 66, /README\.md is no attack/],
  ['a broken header', [join(dir, 'LNK-01-broken.wat')], 66, /LNK-01-broken\.wat:\d+: /],
  ['a trial that is no JSON', [join(dir, 'broken.json')], 66, /broken\.json is not JSON/],
  ['a trial with an unknown key', [join(dir, 'unknown.json')], 66, /unknown\.json is not a stored trial/],
  ['an unknown generator', ['generator:no-such-thing@1'], 64, /There is no generator "no-such-thing"; there are /],
  ['a generator without a seed', ['generator:no-such-thing'], 64, /write generator:NAME@SEED/],
  ['an unknown target', [CASE, '--target', 'moon'], 64, /there is no target "moon": use one of jail, inline, bare/],
  ['an adapter that is none', [CASE, '--target', join(dir, 'adapter.ts')], 2, /adapter\.ts/],
]
describe('bad input', () => {
  writeFileSync(
    join(dir, 'LNK-01-broken.wat'),
    ';;! threats: [LNK-01\n;;! title: broken\n(module)\n;;! --- twin\n;;! expect: {outcomes: [completed]}\n(module)\n',
  )
  writeFileSync(join(dir, 'broken.json'), '{"attack": ')
  writeFileSync(join(dir, 'unknown.json'), '{"attack": "a", "target": "jail", "threats": [], "trial": {}, "extra": 1}')
  writeFileSync(join(dir, 'adapter.ts'), 'export default 42\n')
  it.each(broken)('%s', async (_, args, code, message) => {
    const ended = await gauntlet(['replay', ...args])
    expect(complaint(ended), ended.stdout + ended.stderr).toMatch(message)
    expect(ended.code).toBe(code)
  })
})
