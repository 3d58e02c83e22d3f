// Attacks whose modules are words, for targets that read words: what a campaign does with them does not depend on WebAssembly.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Attack, Expectation, Trial } from '../../src/attacks/attack.ts'
import type { TargetChoice } from '../../src/campaign/trials.ts'
import type { ThreatModel } from '../../src/threats/index.ts'

export const TOY_HOST = join(import.meta.dirname, '..', 'targets', 'fixtures', 'toy-host.ts')
export const MISBEHAVING = join(import.meta.dirname, '..', 'targets', 'fixtures', 'misbehaving.ts')

export const toyTarget = (changes: Partial<TargetChoice> = {}): TargetChoice => ({
  chamber: { target: TOY_HOST },
  name: 'toy-host',
  own: false,
  decides: true,
  ...changes,
})

const word = (text: string, expect: Partial<Expectation>): Trial => ({
  bytes: new TextEncoder().encode(text),
  run: {},
  expect: { outcomes: ['completed'], ...expect },
})

/** An attack that must be refused, with a twin that must be completed. */
export function toyAttack(id: string, module: string, changes: Partial<Attack> & { twinWord?: string } = {}): Attack {
  const { twinWord = 'good', ...rest } = changes
  return {
    id,
    title: `The word ${module}`,
    threats: ['LNK-01'],
    ...word(module, { outcomes: ['refused'] }),
    twin: word(twinWord, {}),
    provenance: 'made for a test',
    origin: { kind: 'corpus', path: `corpus/${id}.wat` },
    ...rest,
  }
}

const threat = (id: string, line: number) =>
  ({
    id,
    title: `Threat ${id}`,
    boundary: 'linking',
    stride: ['tampering'],
    cwe: ['CWE-20'],
    description: 'What is done.',
    requirement: 'What must be done about it.',
    needs: 'any',
    provenance: ['a test'],
    evidence: ['measured'],
    controls: ['import-match'],
    file: 'threat-model/threats/LNK.yaml',
    line,
  }) as const

/** A threat model of two threats and one control. */
export const toyModel = {
  title: 'A toy',
  sha256: '0'.repeat(64),
  assets: [],
  actors: [],
  zones: [],
  boundaries: [{ id: 'linking', title: 'Linking', between: ['a', 'b'], description: 'Where names are resolved.', assets: [] }],
  controls: [{ id: 'import-match', title: 'Import match', paths: ['src/toy.ts'], description: 'Matches.' }],
  threats: [threat('LNK-01', 3), threat('RES-01', 9)],
  flows: [],
  assumptions: [],
  residualRisks: [],
  risks: [],
  frameworks: [],
  overlays: [],
  switchedOff: [],
} as unknown as ThreatModel

/** A folder that is removed by `remove`. */
export function scratch(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'gauntlet-test-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
