// Engines that are not Node: known by what they say, tried without jails, and started again when a guest took one along.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { assemble } from '../../src/attacks/assemble.ts'
import type { Attack, Trial } from '../../src/attacks/attack.ts'
import { canBeTriedInline, ForeignEngine, runtimeOf } from '../../src/campaign/engine-foreign.ts'
import { differences, type EngineResult } from '../../src/campaign/engine-matrix.ts'
import { lineOf } from '../../src/campaign/text-line.ts'
import { toyAttack } from './toys.ts'

const PACKAGES = join(import.meta.dirname, '..', '..', 'node_modules')
const BUN = join(PACKAGES, '@oven', 'bun-linux-x64', 'bin', 'bun')
const DENO = join(PACKAGES, '@deno', 'linux-x64-glibc', 'deno')
const engines = [
  ['node', process.execPath],
  ['bun', BUN],
  ['deno', DENO],
] as const

const trial = async (wat: string, expect: Trial['expect'], limits = {}): Promise<Trial> => ({
  bytes: await assemble(wat),
  run: { limits },
  expect,
})
const attackOf = async (attack: Trial): Promise<Attack> => ({
  ...toyAttack('LNK-01-toy', ''),
  ...attack,
  twin: await trial('(module (func (export "run") (result i32) i32.const 42))', { outcomes: ['completed'], values: ['42'] }),
})

describe.each(engines.filter(([, program]) => existsSync(program)))('%s', (runtime, program) => {
  const engine = new ForeignEngine(program, runtime)
  afterAll(() => engine.close())

  it('is known by what it says of its version', () => {
    expect(runtimeOf(program)).toMatchObject({ runtime, version: expect.stringMatching(/\d+\.\d+\.\d+/) })
  })
  it('runs the sandbox, which contains there what it contains on Node', async () => {
    const pair = await engine.runPair(
      await attackOf(await trial('(module (import "constructor" "constructor" (func)))', { outcomes: ['refused'] })),
    )
    expect([pair.attack.verdict.kind, pair.twin.verdict.kind]).toEqual(['contained', 'contained'])
  })
  it('says which modules it takes', async () => {
    expect(await engine.takes(await assemble('(module)'))).toBe(true)
    expect(await engine.takes(new Uint8Array(8))).toBe(false)
  })
})

describe('a guest that takes the engine along', () => {
  it('is a violation, and the next one is run in a new process', async () => {
    const engine = new ForeignEngine(process.execPath, 'node')
    const spin = await trial('(module (func (export "run") (loop $l (br $l))))', { outcomes: ['completed'], withinMs: 1_500 })
    const pair = await engine.runPair(await attackOf(spin))
    await engine.close()
    expect(pair.attack.verdict).toMatchObject({ kind: 'violated' })
    expect(pair.attack.observation.chamber.hung).toBe(true)
    expect(pair.twin.verdict.kind).toBe('contained')
  })
})

describe('what can be tried without a jail', () => {
  it('is nothing that needs clocks, a neighbour, or a policy of its own', () => {
    const attack = toyAttack('LNK-01-toy', 'good')
    expect(canBeTriedInline(attack)).toBe(true)
    expect(canBeTriedInline({ ...attack, conditions: ['benign-neighbour'] })).toBe(false)
    expect(canBeTriedInline({ ...attack, twin: { ...attack.twin, run: { supply: { policyText: '{}' } } } })).toBe(false)
    expect(canBeTriedInline({ ...attack, expect: { outcomes: ['limit'], details: ['wall-clock-limit'] } })).toBe(false)
  })
})

it('compares outcomes within a level only', () => {
  const result = (outcome: string, level?: 'inline'): EngineResult => ({
    node: 'an engine',
    v8: '1',
    ...(level && { level }),
    attacks: 1,
    contained: 1,
    notApplicable: [],
    doubts: [],
    killed: 0,
    longestKillMs: 0,
    longestKill: null,
    outcomes: new Map([['LNK-01-a', outcome]]),
  })
  expect(differences([result('contained, refused'), result('contained, completed', 'inline')])).toEqual([])
  expect(differences([result('contained, refused', 'inline'), result('violated, completed', 'inline')])).toHaveLength(1)
})

it('writes a text with ends of lines of all kinds as one line', () => {
  const text = 'a\nb\r\nc\u2028d\u2029e\u0085f'
  expect(lineOf({ text }).slice(0, -1)).not.toMatch(/[\n\r\u2028\u2029\u0085]/)
  expect(JSON.parse(lineOf({ text }))).toEqual({ text })
})
