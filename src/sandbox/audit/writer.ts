// The end of a log: appends whole lines or none, and begins the next segment.
import { basename, join } from 'node:path'
import { BEGINNING, type Link, nextLine } from './chain.ts'
import { type Disk, writeAll } from './disk.ts'
import { AuditLogError } from './error.ts'
import { removeIfThere } from './key.ts'
import { MAX_LINE } from './line.ts'
import type { Recovered } from './recover.ts'
import { type Header, type Segment, segmentName } from './segments.ts'

/** Makes the line that follows. */
export type Compose = (after: Link) => { readonly line: string; readonly link: Link }

/** A line with these fields. */
export const entry =
  (fields: Readonly<Record<string, unknown>>): Compose =>
  (after) =>
    nextLine(fields, after)

export class Writer {
  readonly #disk: Disk
  readonly #directory: string
  #segment: Segment
  #file: number
  #size: number
  #link: Link
  /** Whether there may be a piece of a line behind `#size`, which has to go before anything else is written. */
  #torn = false
  #flushing: Promise<void> = Promise.resolve()
  #queued: Promise<void> | null = null

  /** Goes on with a log. */
  constructor(disk: Disk, directory: string, at: Pick<Recovered, 'segment' | 'file' | 'size' | 'link'>) {
    this.#disk = disk
    this.#directory = directory
    this.#segment = at.segment
    this.#file = at.file
    this.#size = at.size
    this.#link = at.link
  }

  /** Begins a log. */
  static begin(disk: Disk, directory: string, header: (segment: number) => Header): Writer {
    return new Writer(disk, directory, newSegment(disk, directory, 1, BEGINNING, header))
  }

  get segment(): Segment {
    return this.#segment
  }

  /** Bytes of the segment. */
  get size(): number {
    return this.#size
  }

  /**
   * Appends these lines, all of them or none.
   *
   * @returns the last one, without its end
   * @throws the system's error; what was there is there
   */
  append(...lines: readonly Compose[]): string {
    const { text, link, last } = joined(lines, this.#link, this.#segment)
    const bytes = Buffer.from(text, 'latin1')
    if (this.#torn) this.#cut()
    this.#torn = true
    try {
      writeAll(this.#disk, this.#file, bytes)
    } catch (error) {
      this.#tryToCut()
      throw error
    }
    this.#torn = false
    this.#size += bytes.length
    this.#link = link
    return last
  }

  #cut(): void {
    this.#disk.cut(this.#file, this.#size)
    this.#torn = false
  }

  #tryToCut(): void {
    try {
      this.#cut()
    } catch {
      // Before the next line, then; and whoever opens the log again does the same.
    }
  }

  /**
   * Ends the segment and begins the next one. Nothing changes if that fails.
   *
   * @param sync whether the old one must be on the disk first
   * @returns the old one
   */
  next(header: (segment: number) => Header, sync: boolean): Segment {
    if (this.#torn) this.#cut()
    if (sync) this.#disk.sync(this.#file)
    const { segment: old } = this
    const begun = newSegment(this.#disk, this.#directory, old.number + 1, this.#link, header)
    void this.#closeWhenIdle()
    this.#segment = begun.segment
    this.#file = begun.file
    this.#size = begun.size
    this.#link = begun.link
    return old
  }

  /** Resolves when everything that has been appended so far is on the disk. One `fdatasync` at a time serves all who wait. */
  durable(): Promise<void> {
    this.#queued ??= this.#flushing
      .catch(() => {})
      .then(() => {
        this.#queued = null
        this.#flushing = this.#disk.syncLater(this.#file)
        return this.#flushing
      })
    return this.#queued
  }

  /** A descriptor that the system is still at work on must not be given to somebody else. */
  #closeWhenIdle(): Promise<void> {
    const file = this.#file
    const close = () => this.#disk.close(file)
    return this.#flushing.then(close, close).catch(() => {})
  }

  async close(): Promise<void> {
    await this.#queued?.catch(() => {})
    await this.#closeWhenIdle()
  }
}

function joined(lines: readonly Compose[], after: Link, { path }: Segment): { text: string; link: Link; last: string } {
  let [text, link, last] = ['', after, '']
  for (const compose of lines) {
    const next = compose(link)
    if (next.line.length >= MAX_LINE)
      throw new AuditLogError('unusable', path, `A record for ${basename(path)} is longer than the ${MAX_LINE} bytes of a line.`)
    text += `${next.line}\n`
    link = next.link
    last = next.line
  }
  return { text, link, last }
}

function newSegment(disk: Disk, directory: string, number: number, after: Link, header: (segment: number) => Header) {
  const path = join(directory, segmentName(number))
  const { line, link } = nextLine({ ...header(number) }, after)
  const bytes = Buffer.from(`${line}\n`, 'latin1')
  const file = disk.create(path)
  try {
    writeAll(disk, file, bytes)
    disk.sync(file)
    disk.syncDirectory(directory)
  } catch (error) {
    disk.close(file)
    // Else its name would be taken when it is tried again.
    removeIfThere(disk, path)
    throw error
  }
  return { segment: { number, path }, file, size: bytes.length, link }
}
