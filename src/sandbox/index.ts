// The sandbox's public surface.
export type { Signature } from './admission/entries.ts'
export type { AuditRecord, AuditSink } from './audit.ts'
export type { EmbedderKey } from './broker/keys.ts'
export { MemoryKvStore } from './broker/kv-memory.ts'
export { SqliteKvStore } from './broker/kv-sqlite.ts'
export type { KvStore, KvUsage } from './broker/kv-store.ts'
export { ConsentStoreError, GuestNotReady, JailError, ManifestError, PolicyError, UsageError } from './errors.ts'
export type { SecurityEvent, SecurityEventType, Severity } from './events.ts'
export { CODES, type Code, type CodeKind, type Explanation, explain } from './explain.ts'
export type { TreeChange, TreeEntry } from './host/fs/file-system.ts'
export type { Report } from './host/reports.ts'
export { type Inspection, inspectModule } from './inspect.ts'
export type { Instance, InstanceState } from './instance.ts'
export { type ModuleManifest, readManifest } from './module-manifest.ts'
export type { Authority, Request } from './policy/authority.ts'
export { type ConsentDecision, decideConsent, rememberConsent } from './policy/consent.ts'
export { type ConsentRecord, ConsentStore } from './policy/consent-store.ts'
export type { ConsentLine, ConsentQuestion } from './policy/consent-text.ts'
export type { Manifest, ManifestInput } from './policy/manifest.ts'
export { type Consent, type Decision, type Negotiation, type NegotiationOptions, negotiate } from './policy/negotiate.ts'
export { resolvePolicy } from './policy/resolve.ts'
export type { Policy, PolicyInput } from './policy/schema.ts'
export type { ProbeRecord, ProbeStatus } from './probe-record.ts'
export { type ExecutionResult, type GuestValue, OUTCOMES, type Outcome, type ResourceUsage, TRAPS, type Trap } from './result.ts'
export {
  createSandbox,
  type ExecuteOptions,
  type ModuleBytes,
  type RunOptions,
  type Sandbox,
  type SandboxOptions,
} from './sandbox.ts'
export type { ResultQuery } from './store/result-query.ts'
export { type ResultMeta, type ResultPage, ResultStore, type ResultStoreOptions } from './store/result-store.ts'
export { StoreError, type StoreProblem } from './store/store-error.ts'
export type { StoredResult } from './store/stored-result.ts'
