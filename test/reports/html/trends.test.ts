// Trends: what was measured is drawn, what was not is a gap, and one run is no trend.
import { describe, expect, it } from 'vitest'
import { trendPlots } from '../../../src/reports/html/trends.ts'
import type { PastRun, RunRecord } from '../../../src/reports/run-record.ts'
import { sampleRecord } from '../sample-record.ts'

const record = sampleRecord('held')
const [first] = record.history!
const drawn = async (history: readonly PastRun[]): Promise<string[] | null> => {
  const plots = await trendPlots({ ...record, history: [...history] } satisfies RunRecord)
  return plots?.map(String) ?? null
}
const runs = (edges: readonly (number | null)[]) => edges.map((value): PastRun => ({ ...first!, edges: value }))
const edgesOf = (plots: readonly string[]) => plots.find((plot) => plot.includes('Edges that'))
const line = (plot: string) => [...plot.matchAll(/<path[^>]* d="([^"]*)"[^>]*stroke-width="1.5"/g)].map(([, path]) => path!)

describe('trends', () => {
  it('are six plots, each with a label that says what it shows', async () => {
    const plots = (await drawn(record.history!))!
    expect(plots).toHaveLength(6)
    for (const plot of plots)
      expect(plot).toMatch(/role="img"[^>]* aria-label="[^"]+ over 4 runs, [^"]+; the last known value is [\d,]+\."/)
  })

  it('break the line where nothing was measured', async () => {
    const [whole] = line(edgesOf((await drawn(runs([1, 2, 3, 4, 5])))!)!)
    const [broken] = line(edgesOf((await drawn(runs([1, 2, null, 4, 5])))!)!)
    expect(whole!.match(/M/g)).toHaveLength(1)
    expect(broken!.match(/M/g)).toHaveLength(2)
  })

  it('leave out what no run measured', async () => {
    expect(edgesOf((await drawn(runs([null, null, null])))!)).toBeUndefined()
  })

  it('mark a run that was cut short by its shape', async () => {
    const [plot] = (await drawn([first!, { ...first!, completion: 'interrupted' }]))!
    expect(plot!.match(/fill="var\(--link\)"/g)).toHaveLength(1)
    expect(plot!.match(/fill="var\(--paper\)"/g)).toHaveLength(1)
  })

  it('need two runs', async () => {
    expect(await drawn([first!])).toBeNull()
    const { history: _, ...without } = record
    expect(await trendPlots(without)).toBeNull()
  })

  it('end with the last runs of a long history', async () => {
    const [plot] = (await drawn(Array.from({ length: 500 }, () => first!)))!
    expect(plot).toContain('over 60 runs')
  })
})
