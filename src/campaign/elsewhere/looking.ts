// What readers of other commands' evidence are given: the folders, what is there now, and whom a threat or a source belongs to.
import type { ThreatModel } from '../../threats/index.ts'
import type { Made } from './made.ts'

export interface Looking {
  readonly root: string
  /** The folder that holds the directories of all runs. */
  readonly reports: string
  readonly model: Pick<ThreatModel, 'threats' | 'controls'>
  readonly now: Required<Made>
}

/** The threat in whose name a case or a row is, such as `RES-01` of `RES-01-loop`, if the model has it. */
export function threatsNamed(names: Iterable<string>, { model }: Looking): string[] {
  const known = new Set(model.threats.map(({ id }) => id))
  return [...new Set([...names].map((name) => name.slice(0, 6)))].filter((id) => known.has(id)).sort()
}

/** The controls that answer these threats. */
export function controlsAnswering(threats: readonly string[], { model }: Looking): string[] {
  const asked = new Set(threats)
  return [...new Set(model.threats.filter(({ id }) => asked.has(id)).flatMap(({ controls }) => controls))]
}

/** The controls that live in a source file. */
export function controlsIn(source: string, { model }: Looking): string[] {
  return model.controls
    .filter(({ paths }) => paths.some((path) => (path.endsWith('/') ? source.startsWith(path) : source === path)))
    .map(({ id }) => id)
}
