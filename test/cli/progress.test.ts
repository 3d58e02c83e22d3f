// Progress of a run: lines where nobody watches, a bar on a terminal, and no guest text that could act on either.
import { describe, expect, it } from 'vitest'
import type { GauntletEvent } from '../../src/campaign/run.ts'
import { showProgress } from '../../src/cli/progress.ts'
import type { Output } from '../../src/cli/terminal.ts'
import type { FindingRecord, WeakeningRecord } from '../../src/reports/run-record.ts'

function watched(isTTY: boolean, events: readonly GauntletEvent[], named = false): string {
  let written = ''
  const output = {
    isTTY,
    columns: 120,
    write: (text: string) => {
      written += text
      return true
    },
    on: () => {},
    once: () => {},
  }
  const progress = showProgress(output as unknown as Output, named)
  for (const event of events) progress.show(event)
  progress.end()
  return written
}

const finding = (target: string, own: boolean, title = 'A title'): GauntletEvent => ({
  type: 'finding',
  finding: { id: 'abc', severity: 'high', threat: 'LNK-01', target, own, title } as FindingRecord,
})
const weakening = (result: WeakeningRecord['result']): GauntletEvent => ({
  type: 'weakening',
  weakening: { id: 'w-1', result, reason: 'no witness noticed' } as WeakeningRecord,
})
const STAGE: readonly GauntletEvent[] = [
  { type: 'stage-started', stage: 'corpus', seconds: 40 },
  { type: 'progress', stage: 'corpus', done: 1, total: 10, what: 'LNK-01-x on bare' },
  { type: 'stage-ended', stage: 'corpus', result: 'passed', reason: '10 attacks', seconds: 12.34 },
]

describe('lines', () => {
  it('tell when a stage begins and how it ended', () => {
    expect(watched(false, STAGE)).toBe('corpus: up to 40 s\ncorpus: passed after 12.3 s: 10 attacks\n')
  })

  it('hold no control sequence, whatever a title holds', () => {
    const text = watched(false, [finding('sandbox-jail', true, 'x\u001b[2J\ny\u202e')])
    expect(text).toBe('finding abc (high) on sandbox-jail, LNK-01: x⟨U+001B⟩[2J⟨U+000A⟩y⟨U+202E⟩\n')
  })
})

describe('news', () => {
  it('is every finding about our own sandbox, and about the others only if they were named', () => {
    expect(watched(false, [finding('sandbox-jail', true)])).toContain('finding abc')
    expect(watched(false, [finding('bare', false)])).toBe('')
    expect(watched(false, [finding('bare', false)], true)).toContain('finding abc')
  })

  it('is a weakening only if it was not detected', () => {
    expect(watched(false, [weakening('detected')])).toBe('')
    expect(watched(false, [weakening('missed')])).toBe('weakening w-1 missed: no witness noticed\n')
    expect(watched(false, [weakening('broken')])).toContain('weakening w-1 broken')
  })

  it('is every fault', () => {
    expect(watched(false, [{ type: 'fault', text: 'the corpus could not be used' }])).toBe(
      'fault: the corpus could not be used\n',
    )
  })
})

describe('a bar', () => {
  it('shows the stage, how much is done and what', () => {
    const text = watched(true, STAGE)
    expect(text).toMatch(/corpus +.*10%.*1\/10 LNK-01-x on bare/)
    expect(text).toContain('corpus: passed after 12.3 s: 10 attacks\n')
  })

  it('shows counts where a stage ends by time', () => {
    const text = watched(true, [
      { type: 'stage-started', stage: 'generated', seconds: 100 },
      { type: 'progress', stage: 'generated', done: 321, total: null, what: 'sandbox-jail' },
    ])
    expect(text).toMatch(/generated +.*0%.*321 sandbox-jail/)
  })
})
