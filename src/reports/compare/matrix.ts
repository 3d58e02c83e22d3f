// The matrix of a comparison: threat by host, each cell computed from the trials of attacks whose main threat it is.
import { COMPARED, type Compared, type ComparedTrial, type Comparison } from './record.ts'

export interface Cell {
  readonly result: Compared
  readonly counts: Readonly<Record<Compared, number>>
}

export interface Row {
  readonly threat: string
  readonly title: string
  /** In the order of the hosts. */
  readonly cells: readonly Cell[]
}

export function countsOf(trials: readonly ComparedTrial[]): Record<Compared, number> {
  const counts: Record<Compared, number> = { violated: 0, contained: 0, undecided: 0, 'not-run': 0, 'not-applicable': 0 }
  for (const { result } of trials) counts[result]++
  return counts
}

/** One violation counts, however much was contained; what was contained, before what was not decided; nothing at all is `not-run`. */
export function cellOf(trials: readonly ComparedTrial[]): Cell {
  const counts = countsOf(trials)
  return { result: COMPARED.find((result) => counts[result] > 0) ?? 'not-run', counts }
}

/** Only threats that some attack of the run has as its main one. */
export function matrixOf({ hosts, threats, trials }: Comparison): Row[] {
  const byPlace = Map.groupBy(trials, ({ host, threat }) => `${host}\n${threat}`)
  const tried = new Set(trials.map(({ threat }) => threat))
  return threats
    .filter(({ id }) => tried.has(id))
    .map(({ id, title }) => ({
      threat: id,
      title,
      cells: hosts.map(({ name }) => cellOf(byPlace.get(`${name}\n${id}`) ?? [])),
    }))
}
