// The audit log: a directory of segments that holds one chain of records, with signed checkpoints, that loses nothing it has acknowledged.
import type { KeyObject } from 'node:crypto'
import { join, resolve } from 'node:path'
import type { AuditNote, AuditRecord, AuditSink } from '../audit.ts'
import { ANCHOR, readAnchor, writeAnchor } from './anchor.ts'
import { type CheckpointReason, checkpointLine, keyId, spki } from './checkpoint.ts'
import { DISK, type Disk } from './disk.ts'
import { AuditLogError, unwritable } from './error.ts'
import { signingKey } from './key.ts'
import { Lock } from './lock.ts'
import { newLogId, type Recovered, type Repair, recover } from './recover.ts'
import { type Header, segmentsIn } from './segments.ts'
import { entry, Writer } from './writer.ts'

export interface AuditLogOptions {
  /** Private Ed25519 key that signs checkpoints: PEM or key object. The default is one that is made for this log and kept in its directory. */
  readonly key?: KeyObject | string
  /**
   * What is on the disk, and not only with the system, before an effect is done: `each` record; or only what a `checkpoint` is about; or `none`
   * for sure. The death of the process costs nothing under any of them, that of the machine what was not on the disk. The default is `checkpoint`.
   */
  readonly durability?: 'each' | 'checkpoint' | 'none'
  /** A checkpoint is made after so many records; the default is 1,000. */
  readonly checkpointRecords?: number
  /** And so long after the first record that none is about, in milliseconds; the default is 60,000. */
  readonly checkpointMs?: number
  /** Size at which the next segment begins; the default is 16 MiB. */
  readonly segmentBytes?: number
  /** Size of all segments in the directory together at which the log is full, null for none; the default is 1 GiB. */
  readonly maxBytes?: number | null
  /** Number of segments in the directory at which the log is full, null for none, which is the default. */
  readonly maxSegments?: number | null
  /** File for a copy of the last checkpoint; the default is `audit.anchor` in the directory. It is worth more where whoever can cut the log cannot write. */
  readonly anchor?: string
  /** Gets each checkpoint as soon as it is on the disk: the line, to be kept somewhere else. */
  readonly onCheckpoint?: (line: string) => void
  /** Gets the path of each segment that is complete, and may move it away. None is ever deleted by the log. */
  readonly onSegmentFull?: (path: string) => void
}

type Settings = Required<Omit<AuditLogOptions, 'key' | 'anchor' | 'onCheckpoint' | 'onSegmentFull'>>
const DEFAULTS: Settings = {
  durability: 'checkpoint',
  checkpointRecords: 1000,
  checkpointMs: 60_000,
  segmentBytes: 16 * 2 ** 20,
  maxBytes: 2 ** 30,
  maxSegments: null,
}
/** Room for a header, a checkpoint and a record; a segment that is smaller would hold nothing else. */
const MIN_SEGMENT = 4096
const MAX_TIMER = 2 ** 31 - 1

export class AuditLog implements AuditSink, AsyncDisposable {
  readonly directory: string
  /** Id of the key that signs; see `keyId`. */
  readonly keyId: string
  /** What was done when the log was opened, if the last writer was killed in the middle of a line. */
  readonly repaired: Repair | null
  readonly #disk: Disk
  readonly #lock: Lock
  readonly #key: KeyObject
  readonly #log: string
  readonly #writer: Writer
  readonly #settings: Settings
  readonly #options: AuditLogOptions
  readonly #anchor: string
  /** Bytes in the directory's segments but the last. */
  #olderBytes = 0
  #segments = 1
  /** Lines since the last checkpoint. */
  #unsigned: number
  #timer: NodeJS.Timeout | null = null
  /** Records that could not be written since the last one that could. */
  #missing = 0
  #lost = 0
  #failure: AuditLogError | null = null
  /** After a failed `fsync` nobody knows what is on the disk: the system may have thrown it away and say yes the next time. */
  #unsure: AuditLogError | null = null
  #publishing: Promise<void> = Promise.resolve()
  #closed: Promise<void> | null = null

  private constructor(disk: Disk, directory: string, options: AuditLogOptions, settings: Settings, lock: Lock) {
    this.directory = directory
    this.#disk = disk
    this.#lock = lock
    this.#options = options
    this.#settings = settings
    this.#anchor = resolve(options.anchor ?? join(directory, ANCHOR))
    this.#key = signingKey(disk, directory, options.key)
    this.keyId = keyId(this.#key)
    const { found, repair } = recover(disk, directory)
    this.repaired = repair
    checkAnchor(this.#anchor, directory, found, disk)
    this.#log = found?.log ?? newLogId()
    this.#unsigned = found?.unsigned ?? 0
    this.#writer = found ? new Writer(disk, directory, found) : Writer.begin(disk, directory, this.#header)
    try {
      this.#measure()
      this.#begin(found, repair)
    } catch (error) {
      void this.#writer.close()
      throw error
    }
  }

  /**
   * Opens the log in a directory, which is made if it is not there, and goes on where it ended.
   *
   * @throws {AuditLogError} and nothing that was recorded is changed
   */
  static open(directory: string, options: AuditLogOptions = {}): AuditLog {
    return AuditLog.openOn(DISK, directory, options)
  }

  /** For tests: the same on a disk that fails. */
  static openOn(disk: Disk, directory: string, options: AuditLogOptions): AuditLog {
    const path = resolve(directory)
    const settings = checked(path, options)
    let lock: Lock | null = null
    try {
      disk.makeDirectory(path)
      lock = Lock.take(disk, path)
      return new AuditLog(disk, path, options, settings, lock)
    } catch (error) {
      lock?.release()
      throw unwritable(path, error)
    }
  }

  /** The first thing that went wrong; null if everything is recorded. */
  get failure(): AuditLogError | null {
    return this.#failure
  }

  /** Records that could not be written. The log says so too, as soon as it can be written again. */
  get lost(): number {
    return this.#lost
  }

  /** @throws {AuditLogError} or rejects with one */
  write(record: AuditRecord): void | Promise<void> {
    return this.#add({ type: 'decision', ...record })
  }

  /** @throws {AuditLogError} or rejects with one */
  note(note: AuditNote): void | Promise<void> {
    return this.#add({ ...note })
  }

  /** What goes on in a log that is opened: what was found, and a checkpoint, so that an anchor knows of it from the beginning. */
  #begin(found: Recovered | null, repair: Repair | null): void {
    // Signatures in a segment are of one key, the one in its header.
    if (found && found.key !== this.keyId) this.#nextSegment()
    const time = Date.now()
    const lines = [
      ...(repair ? [entry({ type: 'repaired', time, ...repair })] : []),
      // Lines that were never signed by whoever wrote them stay known as such: the checkpoint that follows only says that they were there.
      ...(found ? [entry({ type: 'opened', time, unsigned: found.unsigned })] : []),
    ]
    if (lines.length > 0) this.#writer.append(...lines)
    this.#checkpoint('open')
  }

  #add(fields: Readonly<Record<string, unknown>>): void | Promise<void> {
    if (this.#closed)
      throw new AuditLogError('closed', this.directory, `The audit log ${this.directory} has been closed; open it again.`)
    if (this.#unsure) throw this.#missed(this.#unsure)
    try {
      this.#append(fields)
    } catch (error) {
      throw this.#missed(this.#failed(error))
    }
    this.#signIfDue()
    return this.#settings.durability === 'each' ? this.#flushed() : undefined
  }

  #append(fields: Readonly<Record<string, unknown>>): void {
    const lost = { type: 'lost', time: Date.now(), count: this.#missing }
    const lines = this.#missing > 0 ? [entry(lost), entry(fields)] : [entry(fields)]
    this.#makeRoom()
    this.#writer.append(...lines)
    this.#unsigned += lines.length
    this.#missing = 0
  }

  #missed(error: AuditLogError): AuditLogError {
    this.#missing++
    this.#lost++
    return error
  }

  /** Before a record; what the log adds of its own accord is small, and there is always room for it. */
  #makeRoom(): void {
    const { maxBytes, maxSegments, segmentBytes } = this.#settings
    const isFull = () =>
      (maxBytes !== null && this.#olderBytes + this.#writer.size >= maxBytes) ||
      (maxSegments !== null && this.#segments >= maxSegments && this.#writer.size >= segmentBytes)
    if (isFull()) this.#measure()
    if (isFull()) {
      const limit =
        maxBytes !== null && this.#olderBytes + this.#writer.size >= maxBytes
          ? `maxBytes: ${maxBytes}`
          : `maxSegments: ${maxSegments}`
      throw new AuditLogError(
        'full',
        this.directory,
        `The audit log ${this.directory} is full (${limit}); move its oldest segments to a safe place, or raise the limit.`,
      )
    }
    if (this.#writer.size < segmentBytes) return
    // An attempt that failed may have left one.
    if (this.#unsigned > 0) this.#checkpoint('segment')
    this.#nextSegment()
  }

  #nextSegment(): void {
    const old = this.#writer.next(this.#header, this.#settings.durability !== 'none')
    this.#unsigned++
    this.#measure()
    this.#call(() => this.#options.onSegmentFull?.(old.path))
  }

  /** Somebody may have moved segments away. */
  #measure(): void {
    const segments = segmentsIn(this.#disk.names(this.directory), this.directory)
    const older = segments.filter(({ number }) => number !== this.#writer.segment.number)
    this.#segments = segments.length
    this.#olderBytes = older.reduce((sum, { path }) => sum + this.#disk.size(path), 0)
  }

  readonly #header = (segment: number): Header => ({
    type: 'segment',
    version: 1,
    time: Date.now(),
    log: this.#log,
    segment,
    key: this.keyId,
    publicKey: spki(this.#key).toString('base64'),
  })

  #signIfDue(): void {
    if (this.#unsigned < this.#settings.checkpointRecords) {
      this.#timer ??= setTimeout(() => this.#trySigning('time'), this.#settings.checkpointMs).unref()
    } else this.#trySigning('records')
  }

  /** The record is written; that a checkpoint is not is no reason to undo it. */
  #trySigning(reason: CheckpointReason): void {
    try {
      if (this.#unsigned > 0 && !this.#unsure) this.#checkpoint(reason)
    } catch (error) {
      this.#failed(error)
    }
  }

  #checkpoint(reason: CheckpointReason): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    const checkpoint = {
      type: 'checkpoint',
      time: Date.now(),
      log: this.#log,
      segment: this.#writer.segment.number,
      reason,
      key: this.keyId,
    } as const
    const line = this.#writer.append((after) => checkpointLine(checkpoint, after, this.#key))
    this.#unsigned = 0
    // An anchor must never name what is not on the disk: after a crash the log would seem to have been cut.
    const written = this.#settings.durability === 'none' ? Promise.resolve() : this.#flushed()
    this.#publishing = Promise.all([this.#publishing, written]).then(
      () => this.#publish(line),
      () => {},
    )
  }

  #publish(line: string): void {
    try {
      writeAnchor(this.#disk, this.#anchor, line)
    } catch (error) {
      this.#failed(error)
    }
    this.#call(() => this.#options.onCheckpoint?.(line))
  }

  #flushed(): Promise<void> {
    return this.#writer.durable().catch((error: unknown) => {
      this.#unsure ??= this.#failed(error)
      throw this.#unsure
    })
  }

  #failed(error: unknown): AuditLogError {
    const failure = unwritable(this.directory, error)
    this.#failure ??= failure
    return failure
  }

  /** What the embedder does with a checkpoint or a segment is no reason to lose records. */
  #call(callback: () => void): void {
    try {
      callback()
    } catch (error) {
      const message = `A callback of the audit log ${this.directory} threw; see the cause.`
      this.#failure ??= new AuditLogError('callback', this.directory, message, error)
    }
  }

  /** Makes the last checkpoint. Never rejects: `failure` says what went wrong. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#trySigning('close')
    if (this.#timer) clearTimeout(this.#timer)
    await this.#publishing
    await this.#writer.close()
    this.#lock.release()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** @throws {AuditLogError} `unusable`, naming the option */
function checked(directory: string, options: AuditLogOptions): Settings {
  const given = Object.entries(DEFAULTS).map(([name, value]) => [
    name,
    options[name as keyof Settings] ?? nullable(options, name, value),
  ])
  const settings = Object.fromEntries(given) as Settings
  const { durability, checkpointRecords, checkpointMs, segmentBytes, maxBytes, maxSegments } = settings
  const whole = (value: number | null, min: number, max = Number.MAX_SAFE_INTEGER) =>
    value === null || (Number.isSafeInteger(value) && value >= min && value <= max)
  const wrong = [
    ['durability', ['each', 'checkpoint', 'none'].includes(durability)],
    ['checkpointRecords', whole(checkpointRecords, 1)],
    ['checkpointMs', whole(checkpointMs, 1, MAX_TIMER)],
    ['segmentBytes', whole(segmentBytes, MIN_SEGMENT)],
    ['maxBytes', whole(maxBytes, MIN_SEGMENT)],
    ['maxSegments', whole(maxSegments, 1)],
  ].find(([, fits]) => !fits)
  if (!wrong) return settings
  throw new AuditLogError(
    'unusable',
    directory,
    `The option ${wrong[0]} of the audit log has no value that it can have; docs/audit-log.md has the ranges.`,
  )
}

/** Null is a value for the limits, and none for the rest. */
const nullable = (options: AuditLogOptions, name: string, value: unknown) =>
  (name === 'maxBytes' || name === 'maxSegments') && options[name] === null ? null : value

/** Whatever was cut off must not be forgotten with the next checkpoint: the log is not gone on with then. @throws {AuditLogError} `cut` */
function checkAnchor(anchor: string, directory: string, found: Recovered | null, disk: Disk): void {
  const fail = (error: AuditLogError) => {
    if (found) disk.close(found.file)
    throw error
  }
  let line: ReturnType<typeof readAnchor> = null
  try {
    line = readAnchor(anchor)
  } catch (error) {
    fail(error as AuditLogError)
  }
  if (line === null) return
  const { seq, log } = line.value
  const ends = found?.link.seq ?? 0
  const isCut = seq > ends
  const isOther = found !== null && (log !== found.log || (seq >= found.first && found.checkpoints.get(seq) !== line.hash))
  if (!isCut && !isOther) return
  const what = isCut ? `ends at record ${ends}, before the checkpoint ${seq} of` : `does not have the checkpoint ${seq} of`
  fail(
    new AuditLogError(
      'cut',
      directory,
      `The audit log ${directory} ${what} its anchor ${anchor}: something was cut off or exchanged. Keep both as evidence, and begin a new log in another directory.`,
    ),
  )
}
