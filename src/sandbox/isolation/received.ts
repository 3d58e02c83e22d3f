// Reports and changed files of one activation, kept by the host under the policy's quotas.
import type { TreeChange } from '../host/fs/file-system.ts'
import type { Report } from '../host/reports.ts'
import { type Gathered, gathered, NOTHING_YET, whole } from './gathered.ts'
import type { JailChange } from './jail-frames.ts'

/** All for one activation. */
export interface ReceivedLimits {
  readonly reports: number
  /** Bytes of the texts of all reports. */
  readonly reportBytes: number
  /** Changed files, directories and links, and as many removed ones. */
  readonly inodes: number
  /** Bytes of all changed files. */
  readonly fileBytes: number
}

type Part = { readonly kind: 'report'; readonly report: Report } | { readonly kind: 'change'; readonly change: JailChange }

export class Received {
  readonly #limits: ReceivedLimits
  #reports: Report[] = []
  #reportBytes = 0
  #changes: TreeChange[] = []
  #fileBytes = 0
  #open: { path: string; content: Gathered } | null = null

  constructor(limits: ReceivedLimits) {
    this.#limits = limits
  }

  /** False if a quota is exceeded or a file's pieces do not belong together; then nothing more is to be believed. */
  add(part: Part): boolean {
    return part.kind === 'report' ? this.#addReport(part.report) : this.#addChange(part.change)
  }

  #addReport(report: Report): boolean {
    for (const value of Object.values(report)) if (typeof value === 'string') this.#reportBytes += Buffer.byteLength(value)
    this.#reports.push(report)
    // The kind and the choices are counted here too, which the guest is not charged for.
    return (
      this.#reports.length <= this.#limits.reports && this.#reportBytes <= this.#limits.reportBytes + 32 * this.#reports.length
    )
  }

  #addChange(change: JailChange): boolean {
    if (this.#changes.length >= 2 * this.#limits.inodes) return false
    if (this.#open && (change.type !== 'file' || change.path !== this.#open.path)) return false
    if (change.type !== 'file') {
      this.#changes.push(change)
      return true
    }
    this.#fileBytes += change.bytes.length
    if (this.#fileBytes > this.#limits.fileBytes) return false
    this.#open ??= { path: change.path, content: NOTHING_YET }
    this.#open.content = gathered(this.#open.content, change.bytes, this.#limits.fileBytes)
    if (change.more) return change.bytes.length > 0
    this.#changes.push({ type: 'file', path: change.path, bytes: whole(this.#open.content) })
    this.#open = null
    return true
  }

  /** Hands over what has come since the last call. */
  take(): { reports: readonly Report[]; changes: readonly TreeChange[] } {
    const taken = { reports: this.#reports, changes: this.#changes }
    this.#reports = []
    this.#changes = []
    this.#reportBytes = 0
    this.#fileBytes = 0
    this.#open = null
    return taken
  }
}
