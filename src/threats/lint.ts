// What is not wrong with a threat model, but should not stay as it is: gaps, loose ends, and decisions that have run out.
import type { Problem } from './model.ts'
import { type Parts, type Placed, switchedOff } from './parts.ts'

/** Something that tries threats, or takes a control away. */
export interface Naming {
  readonly kind: string
  readonly name: string
  readonly threats: readonly string[]
  readonly control: string | null
  /** Relative to the project. */
  readonly file: string
}

export interface LintInput {
  readonly parts: Parts
  /** Corpus cases, generators, properties, weakenings. */
  readonly named: readonly Naming[]
  /** As in `2026-12-31`. */
  readonly day: string
  /** Whether a path of the project is there; null where there are no sources to look at. */
  readonly exists: ((path: string) => boolean) | null
}

const at = (entry: Placed<unknown>, text: string, path?: readonly PropertyKey[]): Problem => ({
  file: entry.file,
  line: entry.line(path),
  text,
})

/** @returns problems in the order of the files that they are about */
export function lintParts({ parts, named, day, exists }: LintInput): Problem[] {
  return [
    ...unanswered(parts),
    ...looseEnds(parts),
    ...expired(parts, day),
    ...missingPaths(parts, exists),
    ...unknownNames(parts, named),
  ]
}

function unanswered(parts: Parts): Problem[] {
  const { threats, controls, map } = parts
  const built = new Set(controls.filter(({ value }) => value.paths.length > 0).map(({ value }) => value.id))
  const mapped = new Map(map.map(({ value }) => [value.threat, value.controls]))
  const off = new Set(switchedOff(parts).map(({ value }) => value.threat))
  return threats
    .filter(({ value }) => !off.has(value.id) && !(mapped.get(value.id) ?? value.controls).some((id) => built.has(id)))
    .map((entry) =>
      at(entry, `threat ${entry.value.id} is answered by no control that is built; build one, or accept the risk`, ['controls']),
    )
}

function looseEnds(parts: Parts): Problem[] {
  const flows = new Set(parts.flows.map(({ value }) => value.boundary))
  const exposed = new Set(parts.boundaries.flatMap(({ value }) => value.assets))
  const sides = new Set([
    ...parts.boundaries.flatMap(({ value }) => value.between),
    ...parts.flows.flatMap(({ value }) => [value.from, value.to]),
  ])
  const used = new Set([
    ...parts.threats.flatMap(({ value }) => value.controls),
    ...parts.map.flatMap(({ value }) => value.controls),
  ])
  const crossed = new Set(parts.threats.map(({ value }) => value.boundary))
  const unused = <T extends { readonly id: string }>(
    entries: readonly Placed<T>[],
    names: ReadonlySet<string>,
    text: (id: string) => string,
  ) => entries.filter(({ value }) => !names.has(value.id)).map((entry) => at(entry, text(entry.value.id)))
  return [
    ...unused(parts.boundaries, flows, (id) => `no flow goes across boundary ${id}; say what does`),
    ...unused(parts.boundaries, crossed, (id) => `boundary ${id} has no threat; think of one, or take it out`),
    ...unused(parts.assets, exposed, (id) => `no boundary exposes the asset ${id}; say where it can be attacked, or take it out`),
    ...unused(parts.zones, sides, (id) => `no boundary and no flow ends at the zone ${id}; connect it, or take it out`),
    ...unused(parts.controls, used, (id) => `no threat names the control ${id}; say what it answers, or take it out`),
  ]
}

/** Whatever its status: a day that has passed is a promise to look again that nobody has kept. */
function expired({ risks }: Parts, day: string): Problem[] {
  return risks
    .filter(({ value }) => value.expires < day)
    .map((entry) => {
      const { id, status, owner, expires } = entry.value
      return at(entry, `the decision ${id} (${status}, ${owner}) expired on ${expires}; renew it or take it out`, ['expires'])
    })
}

/** Only of controls of the project's own model: what an overlay names is somewhere else. */
function missingPaths({ controls }: Parts, exists: LintInput['exists']): Problem[] {
  if (exists === null) return []
  return controls
    .filter(({ file }) => file === 'threat-model/controls.yaml')
    .flatMap((entry) =>
      entry.value.paths
        .filter((path) => !exists(path))
        .map((path) => at(entry, `control ${entry.value.id} lives in ${path}, which is not there; correct it`, ['paths'])),
    )
}

function unknownNames({ threats, controls }: Parts, named: readonly Naming[]): Problem[] {
  const known = new Set(threats.map(({ value }) => value.id))
  const built = new Set(controls.map(({ value }) => value.id))
  return named.flatMap(({ kind, name, threats, control, file }) => [
    ...threats
      .filter((threat) => !known.has(threat))
      .map((threat) => ({
        file,
        line: 1,
        text: `the ${kind} ${name} names the threat ${threat}, which is not in the model; correct it`,
      })),
    ...(control === null || built.has(control)
      ? []
      : [{ file, line: 1, text: `the ${kind} ${name} names the control ${control}, which is not in the model; correct it` }]),
  ])
}
