// Admission: bytes in, admitted module or typed refusal out. No engine has seen the bytes before, and none sees bytes that were refused.
import { createHash } from 'node:crypto'
import { MalformedModule, ModuleLimitExceeded, readModule, type WasmModule } from '../../wasm/index.ts'
import { ManifestError } from '../errors.ts'
import { findAbiFunction } from '../host/abi/index.ts'
import type { MatchedImport } from '../host/link.ts'
import type { MeterSpec } from '../metering/guest-meter.ts'
import type { Manifest } from '../policy/manifest.ts'
import { embeddedManifest } from '../policy/manifest-section.ts'
import type { Policy } from '../policy/schema.ts'
import { exportsFor, planSnapshot, type SnapshotPlan } from '../snapshot/plan.ts'
import type { Uncapturable } from '../snapshot/problem.ts'
import { callableFunctions, type Signature } from './entries.ts'
import { checkFeatures } from './features.ts'
import { matchImports } from './imports.ts'
import { checkSums, readerLimits } from './limits.ts'
import { type Maxima, planMaxima } from './maxima.ts'
import { meterFor } from './metered.ts'
import { Refusal, refusalOfMalformed } from './refusal.ts'
import { type Rewritten, rewrite } from './rewrite.ts'

export interface Admitted extends Rewritten {
  readonly verdict: 'admitted'
  /** SHA-256 of the bytes as they came, hexadecimal. */
  readonly sha256: string
  readonly module: WasmModule
  readonly imports: readonly MatchedImport[]
  readonly functions: ReadonlyMap<string, Signature>
  readonly maxima: Maxima
  /** What the module counts while it runs; null if nothing. */
  readonly meter: MeterSpec | null
  /** What the module asks for; null if it has no manifest. Nothing is granted or withheld because of it here. */
  readonly manifest: Manifest | null
  /** How its state is captured, or why it cannot be; null if that was not asked for. */
  readonly snapshots: SnapshotPlan | Uncapturable | null
}
export interface Refused {
  readonly verdict: 'refused'
  readonly sha256: string
  readonly refusal: Refusal
  /** What could be read, for a module that is well formed. */
  readonly module: WasmModule | null
}

/**
 * @param bytes the sandbox's private copy; hash, checks and the engine all see these very bytes (MOD-17)
 * @param forSnapshots whether the module is to be prepared so that its state can be captured
 * @returns never throws for anything that is in the bytes
 */
export function admit(bytes: Uint8Array, policy: Policy, forSnapshots = false): Admitted | Refused {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  let module: WasmModule | null = null
  try {
    module = readForAdmission(bytes, policy)
    return { verdict: 'admitted', sha256, module, ...check(bytes, module, policy, forSnapshots) }
  } catch (error) {
    if (error instanceof Refusal) return { verdict: 'refused', sha256, refusal: error, module }
    throw error
  }
}

/** @throws {Refusal} for bytes that are no module, or one that is larger than the policy allows */
export function readForAdmission(bytes: Uint8Array, policy: Policy): WasmModule {
  try {
    return readModule(bytes, readerLimits(policy))
  } catch (error) {
    if (error instanceof ModuleLimitExceeded)
      throw new Refusal('limit', `The module is larger than the policy "${policy.name}" allows. ${error.message}`, error.offset)
    throw error instanceof MalformedModule ? refusalOfMalformed(error) : error
  }
}

function check(bytes: Uint8Array, module: WasmModule, policy: Policy, forSnapshots: boolean) {
  checkFeatures(module, policy)
  const manifest = manifestOf(bytes, module)
  const imports = matchImports(module, policy)
  checkSums(module, policy)
  checkMemoryKind(module, imports)
  const functions = callableFunctions(module)
  const maxima = planMaxima(module, policy)
  const snapshots = forSnapshots ? planSnapshot(bytes, module, maxima) : null
  const state = snapshots && !('problem' in snapshots) ? exportsFor(snapshots) : []
  const metered = meterFor(bytes, module, maxima, policy)
  const rewritten = rewrite(bytes, module, maxima, [...state, ...(metered?.exports ?? [])], metered?.sections)
  metered?.prove(rewritten.bytes)
  return { imports, functions, maxima, manifest, snapshots, meter: metered?.meter ?? null, ...rewritten }
}

function manifestOf(bytes: Uint8Array, module: WasmModule): Manifest | null {
  try {
    return embeddedManifest(bytes, module)
  } catch (error) {
    if (error instanceof ManifestError) throw new Refusal('manifest-invalid', error.message, error.offset)
    throw error
  }
}

/** Host calls take 32-bit addresses of one memory that nobody else can change meanwhile (MEM-07, MEM-13, LNK-11). */
function checkMemoryKind(module: WasmModule, imports: readonly MatchedImport[]): void {
  const pointers = imports.some(({ module: from, name }) =>
    findAbiFunction(from, name)!.parameters.some((p) => p.meaning.kind === 'pointer'),
  )
  if (!pointers) return
  if (module.memories.length > 1)
    throw new Refusal(
      'memory-kind',
      'The module has several memories and imports host calls that take addresses; they could mean any of them.',
    )
  const limits = module.memories[0]?.limits
  if (limits?.is64)
    throw new Refusal('memory-kind', 'The module has a 64-bit memory and imports host calls that take 32-bit addresses.')
  if (limits?.shared)
    throw new Refusal(
      'memory-kind',
      'The module has a shared memory and imports host calls that take addresses, which another thread could change while they are checked.',
    )
}
