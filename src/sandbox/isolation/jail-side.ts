// The jail's side of the channel: frames from the host in, one cell at a time, frames to the host out.
import { Worker as NodeWorker } from 'node:worker_threads'
import { type CellLimits, DEFAULT_CELL, decodeCellLimits, resourceLimitsOf } from './cell-limits.ts'
import type { CellMessage, CellReport, ClearMessage } from './cell-messages.ts'
import { encodeFrame, encodeJson, FRAME, type Frame, type FrameType } from './frames.ts'
import { encodeChange, fromWire, headOfLoad, toWire, type WireValue } from './wire.ts'

/** How often usage is reported while a guest runs, milliseconds. */
const USAGE_EVERY = 25
/** How long a cell may take to end by itself once the flag is up, milliseconds: a guest that makes host calls ends in far less. */
const COOPERATION = 10
const CELL = new URL(`./cell${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)

/**
 * Flags of the jail that its cells get too; the others are the process's. `--allow-worker` is not among them: a thread that is started with
 * `execArgv: []` knows no permission model, so whoever may start threads may do everything (measured on Node 22.13, 24.21 and 26.10; HST-03).
 */
const CELL_FLAGS = process.execArgv.filter((flag) =>
  /^(--permission$|--allow-fs-read=|--no-warnings$|--no-addons$|--no-experimental-sqlite$|--import$|data:)/.test(flag),
)

/** Most bytes of output, or of a guest's state, in one frame; the host refuses frames over 1 MiB. */
const PIECE = 256 * 1024

/** Writes one encoded frame to the host. */
export type Write = (frame: Uint8Array) => void

/** For this file alone: nothing else in the jail starts threads; see disarm.ts. */
const Worker = NodeWorker

class Cell {
  readonly #write: Write
  readonly #stop = new Int32Array(new SharedArrayBuffer(4))
  readonly #worker: NodeWorker
  readonly #compiled: (module: WebAssembly.Module) => void
  #ended = false
  #busy = false

  /** @param compiled is handed what the cell compiled for a guest that ended well */
  constructor(write: Write, limits: CellLimits, compiled: (module: WebAssembly.Module) => void) {
    this.#write = write
    this.#compiled = compiled
    this.#worker = new Worker(CELL, {
      workerData: { stop: this.#stop.buffer },
      env: {},
      execArgv: CELL_FLAGS,
      stdin: false,
      stdout: true,
      stderr: true,
      resourceLimits: resourceLimitsOf(limits),
    })
    this.#worker.on('message', (message: CellReport) => this.#report(message))
    // Out of heap, or a defect of ours: no guest exception gets here.
    this.#worker.on('error', (error: Error & { code?: string }) => this.#fail(error.code ?? error.name))
    this.#worker.on('exit', () => this.#fail('exit'))
  }

  /** @param own what is handed over instead of copied */
  post(message: CellMessage | ClearMessage, own: readonly ArrayBuffer[] = []): void {
    this.#busy = message.type !== 'clear'
    this.#worker.postMessage(message, own)
  }

  #send(type: FrameType, value: unknown): void {
    this.#write(encodeJson(type, value))
  }

  #report(message: CellReport): void {
    if (this.#ended) return
    switch (message.type) {
      case 'up':
        this.#send(FRAME.cellReady, {})
        break
      case 'output':
        this.#inPieces(message.stream === 'stdout' ? FRAME.stdout : FRAME.stderr, message.bytes)
        break
      case 'event':
        this.#send(FRAME.event, message.event)
        break
      case 'report':
        this.#send(FRAME.report, message.report)
        break
      case 'change':
        for (const piece of encodeChange(message.change)) this.#write(encodeFrame(FRAME.change, piece))
        break
      case 'captured':
        if ('problem' in message.captured) this.#send(FRAME.uncapturable, message.captured)
        else this.#inPieces(FRAME.image, message.captured.image)
        break
      case 'ending': {
        this.#busy = false
        const { ending, memoryBytes, hostCalls, counts, compiled } = message
        if (compiled) this.#compiled(compiled)
        const wire = ending.kind === 'returned' ? { kind: 'returned', values: ending.values.map(toWire) } : ending
        this.#send(FRAME.ending, { ending: wire, memoryBytes, hostCalls, counts })
      }
    }
  }

  #inPieces(type: FrameType, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += PIECE) this.#write(encodeFrame(type, bytes.subarray(at, at + PIECE)))
  }

  #fail(code: string): void {
    if (this.#ended) return
    this.#ended = true
    this.#send(FRAME.cellFailed, { code })
  }

  /** The cooperative step, then `terminate()`. Resolves when the thread is really gone; where it never is, the host's SIGKILL comes. */
  async end(): Promise<void> {
    Atomics.store(this.#stop, 0, 1)
    Atomics.notify(this.#stop, 0)
    if (this.#busy) await new Promise((resolve) => setTimeout(resolve, COOPERATION))
    this.#ended = true
    await this.#worker.terminate()
  }
}

/** What a jail does with the frames of its host. */
export class JailSide {
  readonly #write: Write
  #cell: Cell
  #usage: NodeJS.Timeout | null = null
  /** Compiled modules by the names that the host gave them; which ones are kept, and who may have them, is the host's decision. */
  readonly #modules = new Map<string, WebAssembly.Module>()
  /** Under which name what the cell compiles is to be kept. */
  #loading: string | undefined
  /** What the next guest begins with. */
  #state: Uint8Array | null = null

  constructor(write: Write) {
    this.#write = write
    this.#cell = this.#newCell(DEFAULT_CELL)
  }

  #newCell(limits: CellLimits): Cell {
    return new Cell(this.#write, limits, (module) => {
      if (this.#loading !== undefined) this.#modules.set(this.#loading, module)
    })
  }

  handle({ type, payload }: Frame): void {
    if (type === FRAME.load) {
      this.#usage ??= setInterval(() => this.#reportUsage(), USAGE_EVERY)
      this.#load(payload)
    } else if (type === FRAME.call) {
      const { name, values } = JSON.parse(new TextDecoder().decode(payload)) as { name: string; values: WireValue[] }
      this.#cell.post({ type: 'call', name, values: values.map(fromWire) })
    } else if (type === FRAME.terminate) {
      void this.#replace(decodeCellLimits(payload))
    } else if (type === FRAME.capture) {
      this.#cell.post({ type: 'capture' })
    } else if (type === FRAME.restore) {
      const image = payload.length > 0 ? payload : null
      this.#cell.post({ type: 'restore', image }, buffersOf(image))
    } else if (type === FRAME.state) {
      this.#state = payload
    } else if (type === FRAME.clear) {
      this.#stopUsage()
      this.#state = null
      this.#cell.post({ type: 'clear' })
    }
  }

  #load(load: Uint8Array): void {
    const { moduleId, forget } = headOfLoad(load)
    for (const id of forget) this.#modules.delete(id)
    this.#loading = moduleId
    const compiled = moduleId === undefined ? null : (this.#modules.get(moduleId) ?? null)
    const image = this.#state
    this.#state = null
    this.#cell.post({ type: 'load', load, compiled, image }, [...buffersOf(load), ...buffersOf(image)])
  }

  #reportUsage(): void {
    const { user, system } = process.cpuUsage()
    this.#write(encodeJson(FRAME.usage, { cpuMicros: user + system, residentBytes: process.memoryUsage.rss() }))
  }

  /** Ends the cell; the next guest gets a new thread, never one in which another guest ran. */
  async #replace(limits: CellLimits): Promise<void> {
    await this.close()
    this.#write(encodeJson(FRAME.cellGone, {}))
    this.#cell = this.#newCell(limits)
  }

  #stopUsage(): void {
    if (this.#usage) clearInterval(this.#usage)
    this.#usage = null
  }

  /** Ends the cell for good. */
  async close(): Promise<void> {
    this.#stopUsage()
    await this.#cell.end()
  }
}

/** A frame's payload has a buffer of its own. */
const buffersOf = (payload: Uint8Array | null): ArrayBuffer[] => (payload ? [payload.buffer as ArrayBuffer] : [])
