// Checks an audit log from its first line to its last, without trusting whoever kept it: the chain, the signatures, the segments, the anchor.
import { createPublicKey, type KeyObject } from 'node:crypto'
import { basename } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { BEGINNING, follow, type Link, linkOf } from './chain.ts'
import { isSigned, keyId } from './checkpoint.ts'
import { DISK } from './disk.ts'
import { LineError, type ParsedLine, parseLine } from './line.ts'
import { piecesOf, type Segment } from './segments.ts'

export interface VerifyOptions {
  /** Public keys that may sign. Without any the log's own word is taken for them, and a log that somebody made up is as good as this one. */
  readonly keys?: readonly KeyObject[]
  /** A checkpoint that was kept elsewhere: the log must have it. */
  readonly anchor?: ParsedLine | null
  /** Whether the log may begin with a later segment than the first. */
  readonly partial?: boolean
}

/**
 * - `line`: a line is not what was written, or does not follow the one before.
 * - `torn`: there is a piece of a line at the end.
 * - `segment`: a segment is missing, in the wrong place, or of another log.
 * - `key`: a segment names a key that is not one of those that were given.
 * - `signature`: a checkpoint is not signed by the key of its segment.
 * - `anchor`: the log does not have the checkpoint of the anchor.
 */
export type FindingKind = 'line' | 'torn' | 'segment' | 'key' | 'signature' | 'anchor'

/** The first thing that is wrong. Whatever comes after it proves nothing. */
export interface Finding {
  readonly kind: FindingKind
  readonly file: string
  /** In the file, from 1 on; null if it is about no line. */
  readonly line: number | null
  /** Number that the record must have; null if it is about none. */
  readonly seq: number | null
  readonly message: string
}

export interface Verification {
  readonly intact: boolean
  readonly finding: Finding | null
  readonly segments: number
  /** Lines of all kinds that were found to be in order. */
  readonly lines: number
  readonly checkpoints: number
  /** Lines after the last checkpoint: nobody has signed them yet. */
  readonly unsigned: number
  /** Lines that were found unsigned when the log was opened again: whoever wrote them was killed before the next checkpoint. */
  readonly unvouched: number
  /** Records that could not be written, as the log itself says. */
  readonly lost: number
  /** Times that the end of a segment was repaired. */
  readonly repaired: number
  /** Ids of the keys that signed. */
  readonly keys: readonly string[]
  /** Whether they were given, and not taken from the log itself. */
  readonly keysGiven: boolean
  /** Whether the end was compared with an anchor. */
  readonly anchored: boolean
}

/** Something is wrong at this line, or with its segment. */
class Bad extends Error {
  readonly kind: FindingKind
  constructor(kind: FindingKind, message: string) {
    super(message)
    this.kind = kind
  }
}

/** So many lines, then whoever else waits for this thread has a turn. */
const TURN = 500

/** @param segments in their order @throws the system's error if one cannot be read */
export async function verifySegments(segments: readonly Segment[], options: VerifyOptions = {}): Promise<Verification> {
  const check = new Check(options)
  const finding = await findingIn(segments, check)
  return check.report(finding)
}

async function findingIn(segments: readonly Segment[], check: Check): Promise<Finding | null> {
  let at: Pick<Finding, 'file' | 'line'> = { file: basename(segments[0]?.path ?? ''), line: null }
  try {
    for (const segment of segments) {
      at = { file: basename(segment.path), line: null }
      check.begin(segment)
      const file = DISK.openToRead(segment.path)
      try {
        let line = 0
        for (const { bytes, ended } of piecesOf(DISK, file)) {
          at = { ...at, line: ++line }
          check.line(bytes, ended)
          if (line % TURN === 0) await setImmediate()
        }
        if (line === 0) throw new Bad('segment', 'is empty')
      } finally {
        DISK.close(file)
      }
    }
    at = { ...at, line: null }
    check.end()
    return null
  } catch (error) {
    if (error instanceof LineError) return { kind: 'line', ...at, seq: check.next, message: error.message }
    if (error instanceof Bad)
      return { kind: error.kind, ...at, seq: at.line === null ? null : check.next, message: error.message }
    throw error
  }
}

class Check {
  readonly #options: VerifyOptions
  readonly #given: ReadonlyMap<string, KeyObject>
  readonly #signers = new Set<string>()
  #link: Link = BEGINNING
  #log: string | null = null
  #number: number | null = null
  /** The segment's header comes next. */
  #atHeader = true
  #key: KeyObject | null = null
  #anchored = false
  #lines = 0
  #checkpoints = 0
  #unsigned = 0
  #unvouched = 0
  #lost = 0
  #repaired = 0
  #segments = 0

  constructor(options: VerifyOptions) {
    this.#options = options
    this.#given = new Map((options.keys ?? []).map((key) => [keyId(key), key]))
  }

  /** Number of the line that comes next. */
  get next(): number {
    return this.#link.seq + 1
  }

  begin({ number }: Segment): void {
    if (this.#number === null && number !== 1 && !this.#options.partial)
      throw new Bad('segment', `is segment ${number}, and the log begins with segment 1, which is not here`)
    if (this.#number !== null && number !== this.#number + 1)
      throw new Bad('segment', `is segment ${number} where segment ${this.#number + 1} follows`)
    this.#number = number
    this.#segments++
    this.#atHeader = true
  }

  line(bytes: Uint8Array, ended: boolean): void {
    if (!ended)
      throw new Bad('torn', 'is not whole: its writer was killed, or something was cut off; opening the log again repairs it')
    const line = this.#follow(bytes)
    if (this.#atHeader) this.#header(line)
    else if (line.value.type === 'segment') throw new Bad('segment', 'is a header in the middle of a segment')
    this.#compare(line)
    if (line.value.type === 'checkpoint') this.#checkpoint(line)
    else this.#unsigned++
    this.#count(line)
    this.#lines++
    this.#link = linkOf(line)
  }

  #follow(bytes: Uint8Array): ParsedLine {
    // A log that begins later is taken up where it begins; everything behind that is as strict as ever.
    if (this.#lines > 0 || !this.#options.partial) return follow(bytes, this.#link)
    const line = parseLine(bytes)
    this.#link = { seq: line.value.seq - 1, hash: line.value.previous }
    return line
  }

  #header({ value }: ParsedLine): void {
    const { type, version, log, segment, key, publicKey } = value
    if (type !== 'segment') throw new Bad('segment', 'is no header of a segment')
    if (version !== 1) throw new Bad('segment', 'is of a version that this program does not know')
    if (segment !== this.#number) throw new Bad('segment', `says that it is segment ${String(segment)}, not ${this.#number}`)
    if (this.#log !== null && log !== this.#log) throw new Bad('segment', 'is of another log')
    this.#log = String(log)
    this.#key = this.#given.size > 0 ? (this.#given.get(String(key)) ?? null) : keyIn(String(publicKey))
    if (this.#key === null || keyId(this.#key) !== key)
      throw new Bad('key', `names the key ${String(key).slice(0, 64)}, which is not the one that was given`)
    this.#atHeader = false
  }

  #checkpoint(line: ParsedLine): void {
    const { log, segment } = line.value
    if (!this.#key || !isSigned(line, this.#key))
      throw new Bad('signature', 'is a checkpoint that is not signed by the key of its segment')
    if (log !== this.#log || segment !== this.#number) throw new Bad('signature', 'is a checkpoint of another segment')
    this.#signers.add(keyId(this.#key))
    this.#checkpoints++
    this.#unsigned = 0
  }

  #compare({ value, hash }: ParsedLine): void {
    const { anchor } = this.#options
    if (!anchor || value.seq !== anchor.value.seq) return
    if (hash !== anchor.hash) throw new Bad('anchor', 'is not the checkpoint that the anchor has')
    this.#anchored = true
  }

  #count({ value }: ParsedLine): void {
    if (value.type === 'repaired') this.#repaired++
    if (value.type === 'lost') this.#lost += Number(value['count'])
    if (value.type === 'opened') this.#unvouched += Number(value['unsigned'])
  }

  end(): void {
    const { anchor } = this.#options
    if (this.#lines === 0) throw new Bad('segment', 'there is no segment')
    if (!anchor || this.#anchored) return
    const { seq } = anchor.value
    throw new Bad(
      'anchor',
      seq > this.#link.seq
        ? `ends with record ${this.#link.seq}, but the anchor has the checkpoint ${seq}: the end of the log was cut off`
        : `does not have record ${seq}, the checkpoint of the anchor, among its segments`,
    )
  }

  report(finding: Finding | null): Verification {
    return {
      intact: finding === null,
      finding,
      segments: this.#segments,
      lines: this.#lines,
      checkpoints: this.#checkpoints,
      unsigned: this.#unsigned,
      unvouched: this.#unvouched,
      lost: this.#lost,
      repaired: this.#repaired,
      keys: [...this.#signers],
      keysGiven: this.#given.size > 0,
      anchored: this.#anchored,
    }
  }
}

function keyIn(base64: string): KeyObject | null {
  try {
    const key = createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' })
    return key.asymmetricKeyType === 'ed25519' ? key : null
  } catch {
    return null
  }
}
