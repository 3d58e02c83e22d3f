// Loads and checks threat-model/: assets, actors, zones, boundaries, controls and threats.
export { loadThreatModel, THREAT_MODEL_DIR } from './load.ts'
export { type Problem, type Threat, type ThreatModel, ThreatModelError } from './model.ts'
export { type Actor, type Asset, type Boundary, type Control, EVIDENCE, STRIDE, type Zone } from './schema.ts'
