// The harness's public surface: what an owner of another host, or a nightly job of one's own, builds on.
export type { Attack, Condition, Expectation, Trial } from './attacks/attack.ts'
export { type Corpus, CorpusError, loadCorpus } from './attacks/corpus.ts'
export { type GauntletEvent, type GauntletOptions, runGauntlet } from './campaign/run.ts'
export { RUN_RECORD_VERSION, type RunRecord, runRecordSchema } from './reports/run-record.ts'
export { writeReports } from './reports/write.ts'
export {
  type CallStep,
  type GuestLanguage,
  type NumberType,
  type OfferedFunction,
  TARGET_OUTCOMES,
  type Target,
  type TargetOutcome,
  type TargetResult,
  type TargetRun,
  type Unenforced,
  type Withheld,
} from './targets/target.ts'
export { loadThreatModel, type ThreatModel } from './threats/index.ts'
