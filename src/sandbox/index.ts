// The sandbox's public surface.
export type { Signature } from './admission/entries.ts'
export { AuditLogError, type AuditProblem } from './audit/error.ts'
export { AuditLog, type AuditLogOptions } from './audit/log.ts'
export type { AuditNote, AuditRecord, AuditSink } from './audit.ts'
export type { EmbedderKey } from './broker/keys.ts'
export { MemoryKvStore } from './broker/kv-memory.ts'
export { SqliteKvStore } from './broker/kv-sqlite.ts'
export type { KvStore, KvUsage } from './broker/kv-store.ts'
export type { CacheBounds, CacheStatistics } from './cache/lru.ts'
export { containLocation } from './editor/location.ts'
export { guestHtml, guestMarkdown } from './editor/markup.ts'
export {
  ConsentStoreError,
  GuestNotReady,
  JailError,
  ManifestError,
  OutDirectoryError,
  PolicyError,
  PoolFull,
  PrincipalQuotaExceeded,
  SigningError,
  UsageError,
} from './errors.ts'
export type { SecurityEvent, SecurityEventType, Severity } from './events.ts'
export { CODES, type Code, type CodeKind, type Explanation, explain } from './explain.ts'
export type { TreeChange, TreeEntry } from './host/fs/file-system.ts'
export type { Report } from './host/reports.ts'
export { type Inspection, inspectModule } from './inspect.ts'
export type { Instance, InstanceState } from './instance.ts'
export type { PoolState } from './isolation/jails.ts'
export type { PoolOptions } from './isolation/pool-options.ts'
export type { ManagedGuest, StateChange } from './manager/managed-guest.ts'
export { type GuestQuery, SandboxManager, type SandboxManagerOptions } from './manager/sandbox-manager.ts'
export { GUEST_STATES, type GuestState, TRANSITIONS } from './manager/states.ts'
export { type ModuleManifest, readManifest } from './module-manifest.ts'
export type {
  Figures,
  HighWater,
  HostCallFigures,
  InstanceFigures,
  MonitorEvent,
  MonitorEventType,
  MonitorSnapshot,
  OperationFigures,
  PrincipalFigures,
  RunningFigures,
} from './monitor/figures.ts'
export { LATENCY_BOUNDS_MS, type LatencyFigures } from './monitor/latency.ts'
export type { MonitorListener, MonitorOptions, ResourceMonitor, Subscription } from './monitor/resource-monitor.ts'
export type { AlertMetric, AlertThreshold, MeasuredBy } from './monitor/thresholds.ts'
export { checkOutDirectory, writeChanges } from './out-directory.ts'
export type { Authority, Request } from './policy/authority.ts'
export { type ConsentDecision, decideConsent, rememberConsent } from './policy/consent.ts'
export { type ConsentRecord, ConsentStore } from './policy/consent-store.ts'
export type { ConsentLine, ConsentQuestion } from './policy/consent-text.ts'
export type { Manifest, ManifestInput } from './policy/manifest.ts'
export { type Consent, type Decision, type Negotiation, type NegotiationOptions, negotiate } from './policy/negotiate.ts'
export { resolvePolicy } from './policy/resolve.ts'
export type { Policy, PolicyInput } from './policy/schema.ts'
export type { PrincipalQuotas } from './principal-quotas.ts'
export type { ProbeRecord, ProbeStatus } from './probe-record.ts'
export type { SwapRefusalCode, VersionName } from './probes/candidate.ts'
export type { ProbeClock } from './probes/clock.ts'
export type { SwapResult } from './probes/deployment.ts'
export type { ArmOverview, ProbeOverview, VersionOverview } from './probes/overview.ts'
export type { ProbeSandbox } from './probes/probe.ts'
export type { Arm, ProbeDecision, ProbeEvent, SkipReason } from './probes/probe-events.ts'
export { type ProbeDefinition, ProbeRunner, type ProbeRunnerOptions, type SwapOptions } from './probes/runner.ts'
export type { AllowVersion, CanaryRule } from './probes/settings.ts'
export type { ReplacementState, ReplacementStep } from './probes/transitions.ts'
export { type ExecutionResult, type GuestValue, OUTCOMES, type Outcome, type ResourceUsage, TRAPS, type Trap } from './result.ts'
export {
  createSandbox,
  type ExecuteOptions,
  type ModuleBytes,
  type PreinitialiseOptions,
  type RunOptions,
  type Sandbox,
  type SandboxOptions,
} from './sandbox.ts'
export { type SignedModule, signModule } from './signing/sign.ts'
export type { SignatureProblem, Verification, VerifyOptions } from './signing/verify.ts'
export { type TrustInput, verifyModule } from './signing/verify-module.ts'
export { SnapshotError, type SnapshotProblem } from './snapshot/error.ts'
export { type LoadOptions, loadSnapshot, type SaveOptions, saveSnapshot } from './snapshot/file.ts'
export type { IntegrityKey } from './snapshot/seal.ts'
export { Snapshot } from './snapshot/snapshot.ts'
export type { ResultQuery } from './store/result-query.ts'
export { type ResultMeta, type ResultPage, ResultStore, type ResultStoreOptions } from './store/result-store.ts'
export { StoreError, type StoreProblem } from './store/store-error.ts'
export type { StoredResult } from './store/stored-result.ts'
