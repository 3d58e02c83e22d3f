// Where a probe runner looks up what was agreed to: a file of the embedder's, or memory that ends with the runner.
import { type ConsentRecord, type ConsentStore, isAbout } from '../policy/consent-store.ts'

export type Consents = Pick<ConsentStore, 'records' | 'put'>

/** Decisions of one runner, for an embedder that keeps none. */
export class MemoryConsents implements Consents {
  #records: readonly ConsentRecord[] = []

  async records(): Promise<readonly ConsentRecord[]> {
    return this.#records
  }

  async put(decision: ConsentRecord): Promise<void> {
    this.#records = [...this.#records.filter((one) => !isAbout(one, decision.principal, decision.sha256)), decision]
  }
}
