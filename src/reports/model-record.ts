// What the record keeps of the threat model, so that a report can be read years later without it.
import type { Threat, ThreatModel } from '../threats/index.ts'
import type { ModelRecord, ThreatStateRecord } from './run-record.ts'

/** What the threat model says beside threats, controls and boundaries. */
export function modelRecord(model: ThreatModel): ModelRecord {
  const { title, sha256, overlays, assets, actors, zones, flows, assumptions, residualRisks, switchedOff } = model
  return {
    title,
    sha256,
    overlays: overlays.map((overlay) => ({ ...overlay })),
    assets: [...assets],
    actors: [...actors],
    zones: [...zones],
    flows: flows.map((flow) => ({ ...flow, assets: [...flow.assets] })),
    assumptions: assumptions.map((assumption) => ({ ...assumption, threats: [...assumption.threats] })),
    residualRisks: residualRisks.map((risk) => ({ ...risk, threats: [...risk.threats] })),
    switchedOff: switchedOff.map((entry) => ({ ...entry })),
  }
}

/** Fields of a threat that are copied as they are; those that came into the model later may be missing from models of others. */
type Copied =
  | 'cwe'
  | 'capec'
  | 'stride'
  | 'severity'
  | 'description'
  | 'requirement'
  | 'detection'
  | 'falsePositives'
  | 'provenance'
  | 'mappedTo'
const COPIED: readonly Copied[] = [
  'cwe',
  'capec',
  'stride',
  'severity',
  'description',
  'requirement',
  'detection',
  'falsePositives',
  'provenance',
  'mappedTo',
]

/** What the threat model says of a threat. */
export function threatFields(threat: Partial<Pick<Threat, Copied>>): Pick<ThreatStateRecord, Copied> {
  const fields = COPIED.flatMap((key) => (threat[key] === undefined ? [] : [[key, structuredClone(threat[key])] as const]))
  return Object.fromEntries(fields)
}
