// What the sandbox notes in the audit log beside the broker's decisions: which guests there were, which modules were refused, how guests ended.
import type { AuditNote, AuditSink } from '../audit.ts'
import type { InstanceEnd } from '../instance.ts'
import { policyDigest } from '../policy/digest.ts'
import type { Policy } from '../policy/schema.ts'
import { quoteGuestText } from '../text.ts'

/** Longest text of a note, characters. */
const MAX_TEXT = 500

/** A distributive `Omit`, so that each note keeps its own fields. */
type Untimed<T> = T extends unknown ? Omit<T, 'time'> : never

export class GuestNotes {
  readonly #sink: AuditSink
  readonly #pending = new Set<Promise<boolean>>()

  constructor(sink: AuditSink) {
    this.#sink = sink
  }

  /** @returns whether it is on record */
  started(instance: string, module: string, policy: Policy): Promise<boolean> {
    return this.#note({ type: 'guest-started', instance, module, policy: plain(policy.name), policyDigest: policyDigest(policy) })
  }

  /** @param module null if it was not even hashed */
  async refused(module: string | null, policy: Policy, code: string, reason: string): Promise<void> {
    await this.#note({ type: 'module-refused', module, policy: plain(policy.name), code, reason: plain(reason) })
  }

  async ended(instance: string, module: string, { last, reason }: InstanceEnd): Promise<void> {
    for (const event of last?.securityEvents ?? []) {
      if (event.type !== 'guest-killed') continue
      const { step, elapsedMs } = event
      await this.#note({ type: 'guest-killed', instance, module, step, elapsedMs: Math.round(elapsedMs) })
    }
    const { outcome = null, exitCode = null } = last ?? {}
    await this.#note({ type: 'guest-ended', instance, module, outcome, exitCode, reason: plain(reason) })
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending)
  }

  #note(note: Untimed<AuditNote>): Promise<boolean> {
    const noted = this.#write(note).finally(() => this.#pending.delete(noted))
    this.#pending.add(noted)
    return noted
  }

  /** A note that cannot be written stops nothing by itself: effects have records of their own, and those are waited for. */
  async #write(note: Untimed<AuditNote>): Promise<boolean> {
    try {
      await this.#sink.note?.({ ...note, time: Date.now() } as AuditNote)
      return true
    } catch {
      return false
    }
  }
}

/** Our own sentence, in which guest text is quoted already, but for its length. */
const plain = (text: string) => {
  const quoted = quoteGuestText(text.slice(0, MAX_TEXT), MAX_TEXT)
  return quoted.slice(1, -1).replace(/\\(["\\])/g, '$1')
}
