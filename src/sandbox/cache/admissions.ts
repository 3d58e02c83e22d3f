// What admission found out about modules, kept for the next guest of the same bytes under the same policy. Only what was admitted is kept: those who
// send what is refused must not be able to push out what others use.
import { createHash } from 'node:crypto'
import { type Admitted, admit, type Refused } from '../admission/admit.ts'
import { policyDigest } from '../policy/digest.ts'
import type { Policy } from '../policy/schema.ts'
import { type CacheBounds, type CacheStatistics, Lru } from './lru.ts'

/** What is kept of a module beside its bytes: measured, up to three quarters of them for modules of real compilers, and 10 KiB for the smallest. */
const sizeOf = ({ bytes }: Admitted): number => 2 * bytes.length + 16_384

/** Names the engine that compiles what is kept: compiled code never leaves its process, but the name of it says all that it depends on. */
const ENGINE = `v8 ${process.versions.v8} ${process.arch}`

export interface AdmittedModule extends Admitted {
  /** Names the compiled form: the bytes that run, the policy, the engine. */
  readonly moduleId: string
}

export class Admissions {
  readonly #kept: Lru<AdmittedModule>

  constructor(bounds: CacheBounds) {
    this.#kept = new Lru(bounds)
  }

  get statistics(): CacheStatistics {
    return this.#kept.statistics
  }

  /**
   * As `admit`, which is asked only about what is not known: everything that its answer depends on is in the key.
   *
   * @param bytes the sandbox's private copy; its hash is taken each time (MOD-17)
   */
  admit(bytes: Uint8Array, policy: Policy, forSnapshots: boolean): AdmittedModule | Refused {
    const digest = policyDigest(policy)
    const key = `${sha256(bytes)} ${digest} ${forSnapshots}`
    const known = this.#kept.get(key)
    if (known) return known
    const admission = admit(bytes, policy, forSnapshots)
    if (admission.verdict === 'refused') return admission
    const admitted = { ...admission, moduleId: sha256(`${sha256(admission.bytes)} ${digest} ${ENGINE}`) }
    this.#kept.set(key, admitted, sizeOf(admitted))
    return admitted
  }
}

const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex')
