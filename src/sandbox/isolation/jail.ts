// Entry of a jail: the child process that holds a cell. Its main thread never runs guest code, so it always hears the host.
import { Worker } from 'node:worker_threads'
import type { CellMessage, CellReport } from './cell-messages.ts'
import { encodeFrame, encodeJson, FRAME, type Frame, FrameReader, type FrameType } from './frames.ts'
import { probe } from './probe.ts'
import { decodeLoad, fromWire, toWire, type WireValue } from './wire.ts'

/** The host is trusted here, and modules are large: the policy's own limits have been applied. */
const MAX_PAYLOAD = 2 ** 32 - 1
/** How often usage is reported while a guest runs, milliseconds. */
const USAGE_EVERY = 25
/** How long a cell may take to end by itself once the flag is up, milliseconds: a guest that makes host calls ends in far less. */
const COOPERATION = 10
/** Cap on the JavaScript heap of a cell, MiB. Room for the largest table that a policy can grant (80 MB); resident memory is watched by the host. */
const HEAP_MIB = 256

const CELL = new URL(`./cell${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)

/** Most output bytes in one frame; the host refuses frames over 1 MiB. */
const OUTPUT_PIECE = 256 * 1024

const send = (type: FrameType, value: unknown) => void process.stdout.write(encodeJson(type, value))

function sendOutput(type: FrameType, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += OUTPUT_PIECE)
    process.stdout.write(encodeFrame(type, bytes.subarray(at, at + OUTPUT_PIECE)))
}

class Cell {
  readonly #stop = new Int32Array(new SharedArrayBuffer(4))
  readonly #worker: Worker
  #ended = false
  #busy = false

  constructor() {
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

  #report(message: CellReport): void {
    if (this.#ended) return
    if (message.type === 'output') sendOutput(message.stream === 'stdout' ? FRAME.stdout : FRAME.stderr, message.bytes)
    else if (message.type === 'event') send(FRAME.event, message.event)
    else {
      this.#busy = false
      const { ending, memoryBytes, hostCalls } = message
      send(FRAME.ending, {
        ending: ending.kind === 'returned' ? { kind: 'returned', values: ending.values.map(toWire) } : ending,
        memoryBytes,
        hostCalls,
      })
    }
  }

  #fail(code: string): void {
    if (this.#ended) return
    this.#ended = true
    send(FRAME.cellFailed, { code })
  }

  /** The cooperative step, then `terminate()`. Resolves when the thread is really gone; where it never is, the host's SIGKILL comes. */
  async end(): Promise<void> {
    Atomics.store(this.#stop, 0, 1)
    if (this.#busy) await new Promise((resolve) => setTimeout(resolve, COOPERATION))
    this.#ended = true
    await this.#worker.terminate()
  }
}

class Jail {
  #cell = new Cell()
  #usage: NodeJS.Timeout | null = null

  handle({ type, payload }: Frame): void {
    if (type === FRAME.load) {
      this.#usage ??= setInterval(
        () => send(FRAME.usage, { cpuMicros: sum(process.cpuUsage()), residentBytes: process.memoryUsage.rss() }),
        USAGE_EVERY,
      )
      this.#cell.post({ type: 'load', ...decodeLoad(payload) })
    } else if (type === FRAME.call) {
      const { name, values } = JSON.parse(new TextDecoder().decode(payload)) as { name: string; values: WireValue[] }
      this.#cell.post({ type: 'call', name, values: values.map(fromWire) })
    } else if (type === FRAME.terminate) {
      void this.#replace()
    }
  }

  /** Ends the cell; the next guest gets a new thread, never one in which another guest ran. */
  async #replace(): Promise<void> {
    if (this.#usage) clearInterval(this.#usage)
    this.#usage = null
    await this.#cell.end()
    this.#cell = new Cell()
    send(FRAME.cellGone, {})
  }
}

const sum = (usage: NodeJS.CpuUsage) => usage.user + usage.system

const jail = new Jail()
const reader = new FrameReader(MAX_PAYLOAD)
process.stdin.on('data', (chunk: Buffer) => {
  for (const frame of reader.push(chunk)) jail.handle(frame)
})
// The host is gone or wants no more. SIGKILL, because an orderly exit waits for the cell's thread, and a guest can make that last.
process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL'))
process.stdin.on('error', () => process.kill(process.pid, 'SIGKILL'))
send(FRAME.ready, await probe())
