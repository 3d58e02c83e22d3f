// The jail's side of the channel: frames from the host in, one cell at a time, frames to the host out.
import { Worker } from 'node:worker_threads'
import type { CellMessage, CellReport } from './cell-messages.ts'
import { encodeFrame, encodeJson, FRAME, type Frame, type FrameType } from './frames.ts'
import { decodeLoad, encodeChange, fromWire, toWire, type WireValue } from './wire.ts'

/** How often usage is reported while a guest runs, milliseconds. */
const USAGE_EVERY = 25
/** How long a cell may take to end by itself once the flag is up, milliseconds: a guest that makes host calls ends in far less. */
const COOPERATION = 10
/** Cap on the JavaScript heap of a cell, MiB. Room for the largest table that a policy can grant (80 MB); resident memory is watched by the host. */
const HEAP_MIB = 256

const CELL = new URL(`./cell${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)

/** Most output bytes in one frame; the host refuses frames over 1 MiB. */
const OUTPUT_PIECE = 256 * 1024

/** Writes one encoded frame to the host. */
export type Write = (frame: Uint8Array) => void

class Cell {
  readonly #write: Write
  readonly #stop = new Int32Array(new SharedArrayBuffer(4))
  readonly #worker: Worker
  #ended = false
  #busy = false

  constructor(write: Write) {
    this.#write = write
    this.#worker = new Worker(CELL, {
      workerData: { stop: this.#stop.buffer },
      env: {},
      stdin: false,
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
    })
    this.#worker.on('message', (message: CellReport) => this.#report(message))
    // Out of heap, or a defect of ours: no guest exception gets here.
    this.#worker.on('error', (error: Error & { code?: string }) => this.#fail(error.code ?? error.name))
    this.#worker.on('exit', () => this.#fail('exit'))
  }

  post(message: CellMessage): void {
    this.#busy = true
    this.#worker.postMessage(message)
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
        this.#output(message.stream === 'stdout' ? FRAME.stdout : FRAME.stderr, message.bytes)
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
      case 'ending': {
        this.#busy = false
        const { ending, memoryBytes, hostCalls } = message
        const wire = ending.kind === 'returned' ? { kind: 'returned', values: ending.values.map(toWire) } : ending
        this.#send(FRAME.ending, { ending: wire, memoryBytes, hostCalls })
      }
    }
  }

  #output(type: FrameType, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += OUTPUT_PIECE) this.#write(encodeFrame(type, bytes.subarray(at, at + OUTPUT_PIECE)))
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

  constructor(write: Write) {
    this.#write = write
    this.#cell = new Cell(write)
  }

  handle({ type, payload }: Frame): void {
    if (type === FRAME.load) {
      this.#usage ??= setInterval(() => this.#reportUsage(), USAGE_EVERY)
      this.#cell.post({ type: 'load', ...decodeLoad(payload) })
    } else if (type === FRAME.call) {
      const { name, values } = JSON.parse(new TextDecoder().decode(payload)) as { name: string; values: WireValue[] }
      this.#cell.post({ type: 'call', name, values: values.map(fromWire) })
    } else if (type === FRAME.terminate) {
      void this.#replace()
    }
  }

  #reportUsage(): void {
    const { user, system } = process.cpuUsage()
    this.#write(encodeJson(FRAME.usage, { cpuMicros: user + system, residentBytes: process.memoryUsage.rss() }))
  }

  /** Ends the cell; the next guest gets a new thread, never one in which another guest ran. */
  async #replace(): Promise<void> {
    await this.close()
    this.#write(encodeJson(FRAME.cellGone, {}))
    this.#cell = new Cell(this.#write)
  }

  /** Ends the cell for good. */
  async close(): Promise<void> {
    if (this.#usage) clearInterval(this.#usage)
    this.#usage = null
    await this.#cell.end()
  }
}
