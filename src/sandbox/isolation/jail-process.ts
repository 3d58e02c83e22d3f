// A jail as the host sees it: a child process, its channel, and the certainty that it is gone.
import { type ChildProcess, spawn } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { MAX_REQUEST } from '../broker/message.ts'
import { KeptModules } from '../cache/kept-modules.ts'
import { JailError } from '../errors.ts'
import { FIXED } from '../policy/limits/fixed.ts'
import { type CellLimits, DEFAULT_CELL } from './cell-limits.ts'
import { encodeFrame, encodeJson, FRAME, FrameReader, type FrameType, ProtocolError } from './frames.ts'
import { JAIL_DIRECTORY, type JailCommand, jailCommand } from './hardening.ts'
import { decodeJailFrame, type JailFrame, MAX_JAIL_PAYLOAD } from './jail-frames.ts'
import { BROKER_FD } from './pipe-channel.ts'
import { ProcessFiles, type Sample } from './watch.ts'

/** A jail that does not report in this time will not: generous, because machines are loaded. */
const START_MS = 60_000
/** What is kept of the jail's stderr, characters: V8's last words before it aborts. */
const LAST_WORDS = FIXED.lastWords.limit

/** How long an idle cell may keep what is left of its last guest, milliseconds. */
const LET_GO_MS = 50
/** Of a guest with more memory it is let go at once. */
const LARGE_BYTES = 2 ** 20
const NOTHING = new Uint8Array(0)

/** Why a jail is no longer there. */
export interface JailEnd {
  readonly detail: string
  /** V8 gave up for lack of memory. */
  readonly outOfMemory: boolean
}

export type JailListener = (
  event:
    | { readonly kind: 'request'; readonly payload: Uint8Array }
    | Exclude<JailFrame, { readonly kind: 'usage' | 'cell-ready' }>
    | { readonly kind: 'protocol-error'; readonly detail: string }
    | ({ readonly kind: 'gone' } & JailEnd),
) => void

export class JailProcess {
  readonly #child: ChildProcess
  /** On which its cell calls the broker. */
  readonly #pipe: Duplex
  readonly #gone: Promise<JailEnd>
  readonly #requests = new FrameReader(MAX_REQUEST)
  readonly #files: ProcessFiles | null
  /** The modules that it keeps compiled. */
  readonly modules = new KeptModules()
  #listener: JailListener = () => {}
  #lastWords = ''
  #usage: Sample | null = null
  /** As it was when it was last looked at. */
  #lastSample: Sample | null = null
  #letGo: NodeJS.Timeout | undefined
  #cell = Promise.withResolvers<void>()
  /** The limits of its cell. */
  cell: CellLimits = DEFAULT_CELL
  /** Set once the process has ended. */
  ended: JailEnd | null = null
  /** What the jail found out about itself. */
  probe: Readonly<Record<string, string>> = {}

  private constructor({ command, args, env }: JailCommand) {
    this.#child = spawn(command, args, {
      env,
      cwd: JAIL_DIRECTORY,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      windowsHide: true,
    })
    this.#pipe = this.#child.stdio[BROKER_FD] as Duplex
    const reader = new FrameReader(MAX_JAIL_PAYLOAD)
    this.#child.stdout!.on('data', (chunk: Buffer) => this.#receive(reader, chunk))
    this.#files = this.#child.pid === undefined ? null : new ProcessFiles(this.#child.pid)
    this.#pipe.on('data', (chunk: Buffer) => this.#receive(this.#requests, chunk, true))
    // A pipe that breaks while the jail lives leaves the host deaf to it, or the jail without answers: then it has no use any more. Without a listener
    // the error would be the embedder's, in its event loop (HST-08).
    for (const stream of [this.#pipe, this.#child.stdout!]) stream.on('error', () => this.#child.kill('SIGKILL'))
    this.#child.stderr!.on('error', () => {})
    this.#child.stderr!.on('data', (chunk: Buffer) => {
      this.#lastWords = (this.#lastWords + chunk.toString('latin1')).slice(-LAST_WORDS)
    })
    // A jail that dies while something is written to it is dealt with by `close`.
    this.#child.stdin!.on('error', () => {})
    this.#gone = new Promise((resolve) => {
      // `close` comes after the last byte of the pipes, so no output of a killed guest is lost.
      this.#child.on('close', (code, signal) => resolve(this.#end(`it ended with ${signal ?? `code ${code}`}`)))
      this.#child.on('error', (error: NodeJS.ErrnoException) =>
        resolve(this.#end(`it could not be started: ${error.code ?? error.name}`)),
      )
    })
  }

  /**
   * Starts a jail and waits until it has reported.
   *
   * @param background it does not keep the host alive meanwhile
   * @throws {JailError} if it does not start
   */
  static async start(command: JailCommand = jailCommand(), background = false): Promise<JailProcess> {
    const jail = new JailProcess(command)
    if (background) jail.keepHostAlive(false)
    let late: NodeJS.Timeout | undefined
    const problem = await new Promise<string | null>((resolve) => {
      late = setTimeout(() => resolve(`no report within ${START_MS / 1000} s`), START_MS)
      if (background) late.unref()
      jail.listen((event) => {
        if (event.kind === 'ready') {
          jail.probe = event.probe
          resolve(null)
        } else if (event.kind === 'gone' || event.kind === 'protocol-error') resolve(`${event.detail} ${jail.#lastWords}`.trim())
      })
    })
    clearTimeout(late)
    if (problem === null) return jail
    await jail.kill()
    throw new JailError(`The jail did not start: ${problem}`)
  }

  /**
   * Waits until the jail's cell is there: starting a thread takes longer than a small guest does, and no guest pays for it. Resolves also
   * when the jail has ended, which a jail whose cell does not come in time must.
   *
   * @param background the wait does not keep the host alive
   */
  async cellReady(background = false): Promise<void> {
    const late = setTimeout(() => void this.kill(), START_MS)
    if (background) late.unref()
    await this.#cell.promise
    clearTimeout(late)
  }

  get pid(): number {
    return this.#child.pid!
  }

  /** One listener at a time: the guest that lives here. */
  listen(listener: JailListener): void {
    this.#listener = listener
    if (this.ended) listener({ kind: 'gone', ...this.ended })
  }

  /**
   * Has the cell let go of a guest that is gone. Most often the next one comes at once, and takes its place without being told to; then that
   * message, which costs both processes as much as a small guest, is not sent at all.
   *
   * @param memoryBytes of the guest
   */
  letGo(memoryBytes: number): void {
    // The one before may never have been loaded: its message would come in the middle of the life of whoever is next.
    clearTimeout(this.#letGo)
    const now = memoryBytes >= LARGE_BYTES
    if (now) this.send(FRAME.clear, NOTHING)
    else this.#letGo = setTimeout(() => this.send(FRAME.clear, NOTHING), LET_GO_MS).unref()
  }

  send(type: FrameType, payload: Uint8Array): void {
    if (type === FRAME.load) clearTimeout(this.#letGo)
    if (!this.ended) this.#child.stdin!.write(encodeFrame(type, payload))
  }

  sendJson(type: FrameType, value: unknown): void {
    if (!this.ended) this.#child.stdin!.write(encodeJson(type, value))
  }

  /** Answers the request of the cell. */
  reply(payload: Uint8Array): void {
    if (!this.ended) this.#pipe.write(encodeFrame(FRAME.reply, payload))
  }

  /** CPU time and resident memory: the kernel's word where there is /proc, else the jail's own last word. */
  sample(): Sample | null {
    this.#lastSample = (this.ended ? null : this.#files?.sample()) ?? this.#usage
    return this.#lastSample
  }

  /** Resident memory when it was last looked at, bytes; the end of an activation is such a look. */
  get lastResidentBytes(): number {
    return (this.#lastSample ?? this.sample())?.residentBytes ?? 0
  }

  /** Whether nothing is left in the pipe to the broker, in neither direction: what is left would be taken for the next guest's. */
  get pipeIsClean(): boolean {
    return this.#requests.isBetween && this.#pipe.writableLength === 0
  }

  /** SIGKILL, which no guest can delay; resolves when the process is gone and its pipes are read to the end. */
  async kill(): Promise<void> {
    // An idle jail does not keep the host alive, but whoever waits for its end must be told.
    if (!this.ended) this.keepHostAlive(true)
    this.#child.kill('SIGKILL')
    await this.#gone
  }

  /** Whether this jail alone keeps the host's event loop alive: not while it is idle. */
  keepHostAlive(alive: boolean): void {
    const handles = [this.#child, this.#child.stdin, this.#child.stdout, this.#child.stderr, this.#pipe] as unknown as {
      ref(): void
      unref(): void
    }[]
    for (const handle of handles) {
      if (alive) handle.ref()
      else handle.unref()
    }
  }

  #receive(reader: FrameReader, chunk: Uint8Array, fromCell = false): void {
    try {
      for (const frame of reader.push(chunk)) {
        if (fromCell) {
          if (frame.type !== FRAME.request) throw new ProtocolError(`a frame on the pipe has the type ${frame.type}`)
          // A cell reads its reply to the end before it asks again. Replies that nobody reads would gather in this process (RES-08).
          if (this.#pipe.writableLength > 0) throw new ProtocolError('a request came before the reply to the one before was read')
          this.#listener({ kind: 'request', payload: frame.payload })
          continue
        }
        const message = decodeJailFrame(frame)
        if (message.kind === 'usage') this.#usage = { cpuMs: message.cpuMicros / 1000, residentBytes: message.residentBytes }
        else if (message.kind === 'cell-ready') this.#cell.resolve()
        else {
          if (message.kind === 'cell-gone') {
            // The next cell follows. Whoever waits already is let go, so that a jail cannot make its host wait for ever.
            this.#cell.resolve()
            this.#cell = Promise.withResolvers()
            this.cell = DEFAULT_CELL
          }
          this.#listener(message)
        }
      }
    } catch (error) {
      // Whatever went wrong, went wrong over bytes of the jail's: nothing of it may surface in the embedder's event loop (HST-09), and
      // whatever else the jail has to say is not worth hearing.
      this.#child.stdout!.removeAllListeners('data').resume()
      this.#pipe.removeAllListeners('data').resume()
      this.#child.kill('SIGKILL')
      this.#listener({
        kind: 'protocol-error',
        detail: error instanceof ProtocolError ? error.message : 'a frame could not be dealt with',
      })
    }
  }

  #end(detail: string): JailEnd {
    if (this.ended) return this.ended
    this.ended = { detail, outOfMemory: /out of memory|allocation failed/i.test(this.#lastWords) }
    this.#cell.resolve()
    this.#files?.close()
    clearTimeout(this.#letGo)
    this.#listener({ kind: 'gone', ...this.ended })
    return this.ended
  }
}
