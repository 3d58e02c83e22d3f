// A run in a line, for trends.

import type { PastRun } from '../run-record.ts'
import { RESULTS, type Result, type RunRecord } from '../run-record.ts'

export function pastRunOf(record: RunRecord): PastRun {
  const { campaigns, engines, findings, mutation, weakenings } = record
  const active = engines.filter(({ executions }) => executions > 0)
  const byEngines = sum(active.map(({ executions }) => executions))
  const seconds = sum(active.map((engine) => engine.seconds))
  const edges = engines.flatMap(({ coverage }) => (coverage ? [coverage.final] : []))
  const detected = weakenings.filter(({ result }) => result === 'detected').length
  return {
    run: record.run,
    startedAt: record.startedAt,
    completion: record.completion,
    exitCode: record.exitCode,
    commit: record.project.commit,
    budgetSeconds: record.budgetSeconds,
    seconds: Math.max(0, (Date.parse(record.finishedAt) - Date.parse(record.startedAt)) / 1000) || 0,
    findings: { own: findings.filter(({ own }) => own).length, other: findings.filter(({ own }) => !own).length },
    threats: countResults(record.threats),
    attacks: record.trials.filter(({ role }) => role === 'attack').length,
    executions: byEngines + sum(campaigns.map(({ modules }) => modules)),
    executionsPerSecond: seconds > 0 ? byEngines / seconds : 0,
    edges: edges.length > 0 ? sum(edges) : null,
    weakenings: { detected, planted: detected + weakenings.filter(({ result }) => result === 'missed').length },
    mutationScore: mutation?.score ?? null,
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

/** All six results, so that none that is absent looks like one that was forgotten. */
function countResults(items: readonly { readonly result: Result }[]): PastRun['threats'] {
  const counts = Object.fromEntries(RESULTS.map((result) => [result, 0])) as PastRun['threats']
  for (const { result } of items) counts[result]++
  return counts
}
