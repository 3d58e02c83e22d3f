// The optional fields of the sample record: what stands around a run in its report, filled in by hand and the same every time.
import type { EvidenceItem, FrameworkRecord, PastRun, RunRecord, ThreatStateRecord } from '../../src/reports/run-record.ts'

const COMMIT = '4b1f0c6d9a3e'
const EARLIER = '9d02c7e1b540'

/** The fields of a threat that come from the threat model and may be absent. */
export function sampleThreat(threat: ThreatStateRecord, index: number): ThreatStateRecord {
  return {
    ...threat,
    capec: index % 2 === 0 ? ['CAPEC-480'] : ['CAPEC-130', 'CAPEC-131'],
    stride: [['elevation-of-privilege'], ['information-disclosure'], ['denial-of-service', 'tampering']][index % 3]!,
    severity: SEVERITIES[index % SEVERITIES.length]!,
    detection: 'The verdict oracle: the module is accepted although the policy does not grant what it needs.',
    falsePositives: 'A policy of the test that grants more than was meant; the twin tells.',
    provenance: ['CVE-2021-32629 (Cranelift)', 'https://github.com/example/runtime/issues/12'],
    ...(index === 0 && { mappedTo: ['acme-import-filter'] }),
  }
}

const SEVERITIES: readonly NonNullable<ThreatStateRecord['severity']>[] = [
  {
    vector: 'CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H',
    score: 9.4,
    level: 'critical',
    because: 'The guest leaves its sandbox and has what the host has.',
  },
  {
    vector: 'CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N',
    score: 6.9,
    level: 'medium',
    because: 'Only the guest’s own host stops answering.',
  },
  {
    vector: 'CVSS:4.0/AV:L/AC:H/AT:P/PR:N/UI:N/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N',
    score: 2,
    level: 'low',
    because: 'A few bits of timing, and only where clocks are fine.',
  },
]

type Around = Required<
  Pick<
    RunRecord,
    | 'subject'
    | 'model'
    | 'evidence'
    | 'frameworks'
    | 'risks'
    | 'history'
    | 'changes'
    | 'engineRuns'
    | 'hosts'
    | 'cells'
    | 'mutation'
  >
>

/** @param record with the states in it @param items what the run itself tried */
export function sampleAround(record: RunRecord, items: readonly EvidenceItem[]): Around {
  return {
    subject: record.targets.filter(({ own }) => own).map(({ name }) => name),
    model: model(record),
    evidence: [...items, ...elsewhere(record)],
    frameworks: frameworks(record),
    risks: risks(record),
    history: history(record),
    changes: {
      against: '20260313T031500Z-11c4',
      new: record.findings.slice(0, 1).map(({ id }) => id),
      still: record.findings.slice(1).map(({ id }) => id),
      fixed: ['F-77aa01c2'],
      unknown: ['F-5d3e9f00'],
      noLongerTested: [
        { id: 'regression:LNK-99-gone@sandbox-jail', title: 'A case that is not there any more', kind: 'regression' },
      ],
    },
    engineRuns: {
      at: '2026-03-13T20:00:00.000Z',
      commit: COMMIT,
      engines: [
        { engine: 'node 22.13.0', runtime: 'V8 12.4', contained: 398, doubtful: 0, notApplicable: 2, slowestKillMs: 91.5 },
        { engine: 'node 24.21.0', runtime: 'V8 13.6', contained: 400, doubtful: 0, notApplicable: 0, slowestKillMs: 88.25 },
        { engine: 'bun 1.4.5', runtime: 'JavaScriptCore', contained: 120, doubtful: 1, notApplicable: 9, slowestKillMs: null },
      ],
      differences: [
        { attack: 'MOD-02-sample', outcomes: { 'node 24.21.0 inline': 'contained refused', 'bun 1.4.5': 'contained trap' } },
      ],
    },
    hosts: {
      at: '2026-03-12T20:00:00.000Z',
      commit: EARLIER,
      hosts: [
        { name: 'sandbox-jail', version: 'wasm-gauntlet 0.1.0', own: true },
        { name: 'node:wasi', version: 'Node.js 24.21.0', own: false },
      ],
      rows: record.threats.slice(0, 6).map(({ id }, index) => ({
        threat: id,
        cells: {
          'sandbox-jail': { result: 'contained', attacks: 4, violated: 0 },
          'node:wasi': HOST_CELLS[index % HOST_CELLS.length]!,
        },
      })),
    },
    cells: {
      cells: 3,
      witnessed: 2,
      rows: [
        { call: 'fd_write', grant: 'granted', outcome: 'success', times: 412 },
        { call: 'fd_write', grant: 'not-granted', outcome: 'badf', times: 97 },
      ],
      empty: [{ call: 'path_open', grant: 'filtered', outcome: 'notcapable', reason: 'no program asked for it' }],
      unexpected: [],
    },
    mutation: {
      result: 'measured',
      reason: '931 of 1,020 mutants of the boundary were noticed by a test',
      measuredAt: '2026-03-10T02:00:00.000Z',
      score: 931 / 1_020,
      mutants: 1_020,
      killed: 931,
      survived: 80,
      uncovered: 9,
      changed: ['src/sandbox/host/gate.ts'],
      survivors: [{ file: 'src/sandbox/host/gate.ts', line: 41, mutator: 'EqualityOperator', replacement: 'calls >= most' }],
    },
  }
}

const HOST_CELLS = [
  { result: 'violated', attacks: 4, violated: 3 },
  { result: 'contained', attacks: 2, violated: 0 },
  { result: 'undecided', attacks: 1, violated: 0 },
  { result: 'not-run', attacks: 0, violated: 0 },
  { result: 'not-applicable', attacks: 0, violated: 0 },
] as const

function model(record: RunRecord): NonNullable<RunRecord['model']> {
  const off = record.threats.at(-1)!
  const [from, to] = record.boundaries[0]!.between
  return {
    title: 'Untrusted WebAssembly in a Node.js host',
    sha256: '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b',
    overlays: [{ title: 'Acme plug-in host', file: 'acme.yaml', sha256: 'a'.repeat(64) }],
    assets: [{ id: 'host-memory', title: 'Memory of the host', description: 'Secrets, keys and data of other guests.' }],
    actors: [{ id: from!, title: 'Author of a module', description: 'Writes every byte of it.', trusted: false }],
    zones: [{ id: to!, title: 'The host process', description: 'Where the decisions are made.' }],
    flows: record.boundaries.map(({ id, between }) => ({
      id: `${id}-flow`,
      title: `Across ${id}`,
      description: 'What the guest sends.',
      from: between[0]!,
      to: between[1]!,
      boundary: id,
      assets: ['host-memory'],
    })),
    assumptions: [
      {
        id: 'kernel-enforces',
        title: 'The kernel enforces what it is asked to',
        description: 'Limits and namespaces hold.',
        validity: 'unconfirmed',
        threats: [off.id],
      },
    ],
    residualRisks: [
      {
        id: 'side-channels',
        title: 'Side channels',
        description: 'Coarser clocks make them slower, not impossible.',
        threats: [off.id],
      },
    ],
    switchedOff: [{ threat: off.id, reason: 'The host has no such boundary.', overlay: 'acme.yaml' }],
  }
}

/** One item of every kind that a run does not make itself, fresh and stale. */
function elsewhere({ threats, controls, seed }: RunRecord): EvidenceItem[] {
  const [threat, control] = [threats[0]!.id, controls[0]!.id]
  const base = {
    threats: [threat],
    controls: [control],
    target: null,
    seed: null,
    versions: { node: '24.21.0' },
    stale: null,
  } satisfies Partial<EvidenceItem>
  const stale = `It is of the commit ${EARLIER}; this run is of ${COMMIT}.`
  return [
    {
      ...base,
      id: 'weakening:weak-proven-elsewhere',
      kind: 'weakening',
      title: 'Leaves out a check, planted by an earlier command',
      result: 'passed',
      reason: 'Noticed by LNK-01-sample.',
      count: 1,
      seed,
      seconds: 3.5,
      at: '2026-03-13T22:00:00.000Z',
      source: 'gauntlet prove',
      replay: 'npx gauntlet prove --only weak-proven-elsewhere',
    },
    {
      ...base,
      id: 'test:test/sandbox/admission/imports.test.ts',
      kind: 'test',
      title: 'Unit tests in test/sandbox/admission/imports.test.ts',
      result: 'passed',
      reason: '31 tests passed.',
      count: 31,
      seconds: 0.82,
      at: '2026-03-13T21:00:00.000Z',
      source: 'vitest run',
      replay: 'npx vitest run test/sandbox/admission/imports.test.ts',
    },
    {
      ...base,
      id: 'mutation:src/sandbox/host/gate.ts',
      kind: 'mutation',
      title: 'Mutants of src/sandbox/host/gate.ts',
      result: 'needs-review',
      reason: '40 of 41 mutants were noticed by a test.',
      count: 41,
      seconds: null,
      at: '2026-03-10T02:00:00.000Z',
      stale: 'src/sandbox/host/gate.ts has changed since.',
      source: 'npm run mutation',
      replay: 'npm run mutation -- --mutate src/sandbox/host/gate.ts',
    },
    {
      ...base,
      id: 'engine-run:node 22.13.0',
      kind: 'engine-run',
      title: 'The corpus on node 22.13.0',
      result: 'passed',
      reason: '398 attacks were contained with their twins allowed; 2 cannot be tried there.',
      count: 398,
      seconds: 240,
      at: '2026-03-13T20:00:00.000Z',
      source: 'gauntlet engines',
      replay: 'npx gauntlet engines',
    },
    {
      ...base,
      id: 'comparison:sandbox-jail',
      kind: 'comparison',
      title: 'Attacks on sandbox-jail beside other hosts',
      result: 'passed',
      reason: '420 attacks contained, 12 not applicable.',
      target: 'sandbox-jail',
      count: 432,
      seed: 1,
      seconds: 600,
      at: '2026-03-12T20:00:00.000Z',
      stale,
      source: 'gauntlet compare',
      replay: 'npx gauntlet compare jail --seed 1',
    },
    {
      ...base,
      id: 'bench:kill/RES-01-loop',
      kind: 'bench',
      title: 'Time until a guest is gone: an endless loop without a host call',
      threats: ['RES-01'],
      result: 'passed',
      reason: 'At most 250 ms was the aim; it was 21.6 ms.',
      count: 21,
      seconds: null,
      at: '2026-03-01T02:54:23.000Z',
      stale,
      source: 'npm run bench',
      replay: 'npm run bench -- --only kill',
    },
  ]
}

function frameworks({ threats, controls }: RunRecord): FrameworkRecord[] {
  const [passed, other] = [controls[0]!, controls[1]!]
  return [
    {
      id: 'nist-800-53-r5',
      title: 'NIST SP 800-53',
      version: 'Revision 5',
      url: 'https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final',
      requirements: [
        {
          id: 'SC-39',
          title: 'Process Isolation',
          level: null,
          controls: [passed.id, other.id],
          threats: threats.slice(0, 2).map(({ id }) => id),
          result: worstOf([passed.result, other.result]),
          reason: `Evidence that supports it comes from ${passed.id} and ${other.id}.`,
        },
        {
          id: 'CM-14',
          title: 'Signed Components',
          level: null,
          controls: [],
          threats: [],
          result: 'not-run',
          reason: 'Nothing in this run is evidence that supports it.',
        },
      ],
    },
    {
      id: 'owasp-asvs-5-0',
      title: 'OWASP ASVS',
      version: '5.0.0',
      url: 'https://owasp.org/www-project-application-security-verification-standard/',
      requirements: [
        {
          id: 'V15.2.5',
          title: 'Additional protections around dangerous functionality',
          level: '3',
          controls: [passed.id],
          threats: [],
          result: passed.result,
          reason: `Evidence that supports it comes from ${passed.id}.`,
        },
      ],
    },
  ]
}

const WORST = ['failed', 'needs-review', 'unknown', 'not-run', 'not-applicable', 'passed'] as const
const worstOf = (results: readonly (typeof WORST)[number][]) => WORST.find((result) => results.includes(result)) ?? 'not-run'

function risks({ findings, threats }: RunRecord): NonNullable<RunRecord['risks']> {
  const base = {
    owner: 'Runtime team',
    ticket: 'https://issues.example/RT-12',
    date: '2026-01-10',
    file: 'threat-model/risks.yaml',
    line: 4,
  }
  return [
    {
      ...base,
      id: 'fine-clocks',
      threat: threats.at(-1)!.id,
      finding: null,
      status: 'accepted',
      reason: 'No guest shares a machine with secrets.',
      expires: '2026-12-31',
      state: 'in-force',
      covers: [],
    },
    {
      ...base,
      id: 'one-finding',
      threat: null,
      finding: findings[0]?.id ?? 'F-19c07a52',
      status: 'in-progress',
      reason: 'Being mended.',
      expires: '2026-04-01',
      state: 'open',
      covers: findings.slice(0, 1).map(({ id }) => id),
      line: 12,
    },
    {
      ...base,
      id: 'old-decision',
      threat: threats[1]!.id,
      finding: null,
      status: 'accepted',
      reason: 'Was to be mended in February.',
      expires: '2026-02-28',
      state: 'expired',
      covers: [],
      line: 20,
    },
  ]
}

function history(record: RunRecord): PastRun[] {
  const day = (number: number): PastRun => ({
    run: `202603${number}T031500Z-11c4`,
    startedAt: `2026-03-${number}T03:15:00.000Z`,
    completion: 'complete',
    exitCode: number === 12 ? 1 : 0,
    commit: EARLIER,
    budgetSeconds: 600,
    seconds: 570 + number,
    findings: { own: number === 12 ? 1 : 0, other: 40 },
    threats: { passed: 180, failed: number === 12 ? 1 : 0, 'needs-review': 20, 'not-run': 7, 'not-applicable': 0, unknown: 0 },
    attacks: 380 + number,
    executions: 1_800_000 + number * 10_000,
    executionsPerSecond: 29_000 + number,
    edges: number === 11 ? null : 1_900 + number,
    weakenings: { detected: 200 + number, planted: 201 + number },
    mutationScore: number === 11 ? null : 0.9,
  })
  const results = { passed: 0, failed: 0, 'needs-review': 0, 'not-run': 0, 'not-applicable': 0, unknown: 0 }
  for (const { result } of record.threats) results[result]++
  const own = record.findings.filter((finding) => finding.own).length
  const last: PastRun = {
    ...day(13),
    run: record.run,
    startedAt: record.startedAt,
    completion: record.completion,
    exitCode: record.exitCode,
    commit: record.project.commit,
    seconds: (Date.parse(record.finishedAt) - Date.parse(record.startedAt)) / 1000,
    findings: { own, other: record.findings.length - own },
    threats: results,
    attacks: new Set(record.trials.map(({ attack }) => attack)).size,
    edges: null,
  }
  return [day(11), day(12), day(13), last]
}
