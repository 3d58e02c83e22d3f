// The linter: every kind of gap and loose end is named with its place, and the project's own model has none.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readParts, THREAT_MODEL_DIR } from '../../src/threats/index.ts'
import { type LintInput, lintParts } from '../../src/threats/lint.ts'
import type { Parts, Placed } from '../../src/threats/parts.ts'

const ROOT = resolve(THREAT_MODEL_DIR, '..')
const { parts } = readParts(THREAT_MODEL_DIR, [])
const lint = (changes: Partial<Parts>, input: Partial<LintInput> = {}) =>
  lintParts({ parts: { ...parts, ...changes }, named: [], day: '2026-11-23', exists: null, ...input }).map(
    ({ file, line, text }) => `${file}:${line}: ${text}`,
  )
const at = <T>(value: T): Placed<T> => ({ value, file: 'here.yaml', line: () => 7 })
const without = <K extends keyof Parts>(key: K, keep: (value: Parts[K][number]['value']) => boolean) =>
  ({ [key]: parts[key].filter(({ value }) => keep(value as never)) }) as Partial<Parts>

it('finds nothing in the model of the project', () => {
  expect(lint({}, { exists: (path) => existsSync(join(ROOT, path)) })).toEqual([])
})

describe('names', () => {
  it('a threat that nothing answers', () => {
    const controls = parts.controls.map((entry) =>
      entry.value.id === 'poll-limits' ? { ...entry, value: { ...entry.value, paths: [] } } : entry,
    )
    const only = parts.threats
      .filter(({ value }) => value.controls.every((id) => id === 'poll-limits'))
      .map(({ value }) => value.id)
    const found = lint({
      controls,
      threats: [...parts.threats, at({ ...parts.threats[0]!.value, id: 'MOD-99', controls: ['poll-limits'] })],
    })
    expect(found).toContain('here.yaml:7: threat MOD-99 is answered by no control that is built; build one, or accept the risk')
    expect(found).toHaveLength(only.length + 1)
  })

  it('no threat that an overlay switches off', () => {
    const unanswered = at({ ...parts.threats[0]!.value, id: 'MOD-99', controls: ['deterministic-mode'] })
    const threats = [...parts.threats, unanswered]
    expect(lint({ threats })).toHaveLength(1)
    expect(lint({ threats, switchOff: [at({ threat: 'MOD-99', reason: 'No.', overlay: 'X' })] })).toEqual([])
    expect(lint({ threats, map: [at({ threat: 'MOD-99', controls: ['jail'] })] })).toEqual([])
  })

  it('a boundary without a flow, and one without a threat', () => {
    expect(lint(without('flows', ({ boundary }) => boundary !== 'linking'))).toEqual([
      expect.stringMatching(/^threat-model\/model\.yaml:\d+: no flow goes across boundary linking;/),
    ])
    expect(lint(without('threats', ({ boundary }) => boundary !== 'engine'))).toContainEqual(
      expect.stringMatching(/boundary engine has no threat;/),
    )
  })

  it('a control that no threat names', () => {
    expect(lint({ controls: [...parts.controls, at({ id: 'wish', title: 'W', description: 'D', paths: [] })] })).toEqual([
      'here.yaml:7: no threat names the control wish; say what it answers, or take it out',
    ])
  })

  it('a decision from the day after its last one', () => {
    const risk = {
      id: 'slow',
      threat: 'RES-02',
      status: 'in-progress',
      reason: 'R',
      owner: 'Jane Doe',
      ticket: 'T',
      date: '2026-01-01',
      expires: '2026-11-23',
    } as const
    expect(lint({ risks: [at(risk)] }, { day: '2026-11-23' })).toEqual([])
    expect(lint({ risks: [at(risk)] }, { day: '2026-11-24' })).toEqual([
      'here.yaml:7: the decision slow (in-progress, Jane Doe) expired on 2026-11-23; renew it or take it out',
    ])
  })

  it('a path of a control that is not there, but only where there are sources', () => {
    const missing = lint({}, { exists: (path) => path !== 'src/sandbox/host/link.ts' })
    expect(missing).toEqual([
      expect.stringMatching(/control null-prototype-linking lives in src\/sandbox\/host\/link\.ts, which is not there/),
    ])
  })

  it('a case or weakening that names what the model does not have', () => {
    const named = [
      { kind: 'case', name: 'LNK-99-x', threats: ['LNK-01', 'LNK-99'], control: null, file: 'corpus/LNK-99-x.wat' },
      { kind: 'weakening', name: 'w', threats: ['LNK-01'], control: 'wish', file: 'fuzz/weakenings/' },
    ]
    expect(lint({}, { named })).toEqual([
      'corpus/LNK-99-x.wat:1: the case LNK-99-x names the threat LNK-99, which is not in the model; correct it',
      'fuzz/weakenings/:1: the weakening w names the control wish, which is not in the model; correct it',
    ])
  })
})
