// Unit tests as evidence: each file bears on the threats that its text names, and on the controls whose sources it mirrors.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { count } from '../../reports/results.ts'
import type { EvidenceItem } from '../../reports/run-record.ts'
import { controlsIn, type Looking, threatsNamed } from './looking.ts'
import { staleness } from './made.ts'
import { readTests, sha256Of, type TestFile } from './tests-file.ts'

/** Tests of the sandbox name a threat because they are about it; elsewhere, ids of threats are data like any other. */
const ABOUT_THREATS = ['test/sandbox/', 'test/wasm/', 'test/documents/']

/** Files that bear on nothing of the threat model are left out: they are no evidence for anything in the report. */
export function testEvidence(looking: Looking): EvidenceItem[] {
  return readTests(looking.root)
    .filter(({ file }) => existsSync(join(looking.root, file)))
    .map((entry) => itemOf(entry, looking))
    .filter(({ threats, controls }) => threats.length > 0 || controls.length > 0)
}

function itemOf(entry: TestFile, looking: Looking): EvidenceItem {
  const { file, tests, failed, skipped, seconds, at, node } = entry
  const ran = tests - skipped
  return {
    id: `test:${file}`,
    kind: 'test',
    title: `Unit tests in ${file}`,
    threats: ABOUT_THREATS.some((folder) => file.startsWith(folder)) ? threatsNamed(entry.threats, looking) : [],
    controls: controlsIn(file.replace(/^test\//, 'src/').replace(/\.test\.ts$/, '.ts'), looking),
    result: failed > 0 ? 'failed' : ran === 0 ? 'not-run' : 'passed',
    reason:
      failed > 0
        ? `${failed} of ${count(ran, 'test')} failed.`
        : `${count(ran, 'test')} passed${skipped > 0 ? `, ${skipped} skipped` : ''}.`,
    target: null,
    count: ran,
    seed: null,
    seconds,
    at,
    versions: { node },
    source: 'npm test',
    stale:
      sha256Of(join(looking.root, file)) === entry.sha256
        ? staleness(entry, looking.now)
        : 'The tests have changed since they ran.',
    replay: `npx vitest run ${file}`,
  }
}
