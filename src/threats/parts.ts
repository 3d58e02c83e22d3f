// What a threat model is put together from, each entry with the file and the line where it stands, so that a check can say where it looked.
import type { SwitchedOff } from './model.ts'
import type {
  Actor,
  Asset,
  Assumption,
  Boundary,
  Control,
  Flow,
  Framework,
  Overlay,
  ResidualRisk,
  RiskDecision,
  ThreatEntry,
  Zone,
} from './schema.ts'
import type { SourceFile } from './source-file.ts'

/** An entry, and where it stands. */
export interface Placed<T> {
  readonly value: T
  readonly file: string
  /** Line of the entry, or of the value at `path` in it. */
  line(path?: readonly PropertyKey[]): number
}

export type ThreatAtBoundary = ThreatEntry & { readonly boundary: string }
type SwitchOff = NonNullable<Overlay['switchOff']>[number] & { readonly overlay: string }
type Mapping = NonNullable<Overlay['map']>[number]

export interface Parts {
  readonly assets: readonly Placed<Asset>[]
  readonly actors: readonly Placed<Actor>[]
  readonly zones: readonly Placed<Zone>[]
  readonly boundaries: readonly Placed<Boundary>[]
  readonly flows: readonly Placed<Flow>[]
  readonly assumptions: readonly Placed<Assumption>[]
  readonly residualRisks: readonly Placed<ResidualRisk>[]
  readonly controls: readonly Placed<Control>[]
  readonly threats: readonly Placed<ThreatAtBoundary>[]
  readonly risks: readonly Placed<RiskDecision>[]
  readonly frameworks: readonly Placed<Framework>[]
  readonly switchOff: readonly Placed<SwitchOff>[]
  readonly map: readonly Placed<Mapping>[]
}

export const NO_PARTS: Parts = {
  assets: [],
  actors: [],
  zones: [],
  boundaries: [],
  flows: [],
  assumptions: [],
  residualRisks: [],
  controls: [],
  threats: [],
  risks: [],
  frameworks: [],
  switchOff: [],
  map: [],
}

/** The entries of one list of a file; none if the file does not have the list. */
export function placed<T>(file: SourceFile<unknown>, list: string, values: readonly T[] | undefined): Placed<T>[] {
  return (values ?? []).map((value, index) => ({
    value,
    file: file.file,
    line: (path = []) => file.lineOf([list, index, ...path]),
  }))
}

type Described = Pick<Overlay, 'assets' | 'actors' | 'zones' | 'boundaries' | 'flows' | 'assumptions' | 'residualRisks'>

/** What describes a system, in the model's own file and in an overlay alike. */
export function describedParts(file: SourceFile<Described>): Pick<Parts, keyof Described> {
  const { data } = file
  return {
    assets: placed(file, 'assets', data.assets),
    actors: placed(file, 'actors', data.actors),
    zones: placed(file, 'zones', data.zones),
    boundaries: placed(file, 'boundaries', data.boundaries),
    flows: placed(file, 'flows', data.flows),
    assumptions: placed(file, 'assumptions', data.assumptions),
    residualRisks: placed(file, 'residualRisks', data.residualRisks),
  }
}

/** What is switched off, threat by threat: an entry for a boundary stands for each of its threats. */
export function switchedOff({ switchOff, threats }: Parts): Placed<SwitchedOff>[] {
  return switchOff.flatMap((entry) => {
    const { threat, boundary, reason, overlay } = entry.value
    const named =
      threat !== undefined ? [threat] : threats.filter(({ value }) => value.boundary === boundary).map(({ value }) => value.id)
    return named.map((id) => ({ ...entry, value: { threat: id, reason, overlay } }))
  })
}

/** The parts of both, those of the second behind those of the first. */
export function join(first: Parts, second: Parts): Parts {
  const both = (Object.keys(NO_PARTS) as (keyof Parts)[]).map((key) => [key, [...first[key], ...second[key]]] as const)
  return Object.fromEntries(both) as unknown as Parts
}
