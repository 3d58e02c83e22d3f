// Loads and checks threat-model/: assets, actors, zones, boundaries, flows, controls, threats, risks, frameworks; and overlays over it.
export { loadThreatModel, readParts, readThreatModel, THREAT_MODEL_DIR } from './load.ts'
export { type Problem, type Risk, type SwitchedOff, type Threat, type ThreatModel, ThreatModelError } from './model.ts'
export {
  type Actor,
  type Asset,
  type Boundary,
  type Control,
  EVIDENCE,
  type Flow,
  type Framework,
  RISK_STATUS,
  STRIDE,
  type Zone,
} from './schema.ts'
export { LEVELS, type Level, levelOf, type Severity, severityOf } from './severity.ts'
