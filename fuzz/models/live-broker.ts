// A broker in a thread of its own, so that a guest in this one can wait for real directories as it does in a cell.
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { decodeReply, encodeRequest } from '../../src/sandbox/broker/message.ts'
import type { BrokerReply, BrokerRequest, Channel } from '../../src/sandbox/host/channel.ts'
import type { Policy } from '../../src/sandbox/policy/schema.ts'

const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
/** More than any request takes; a broker that does not answer at all is a defect. */
const PATIENCE_MS = 20_000

export class LiveBroker implements Channel {
  readonly #signal = new Int32Array(new SharedArrayBuffer(4))
  readonly #port
  readonly #worker: Worker

  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#worker = new Worker(new URL(`./live-broker-worker${EXTENSION}`, import.meta.url), {
      workerData: { port: port2, signal: this.#signal },
      transferList: [port2],
    })
    port1.unref()
    this.#worker.unref()
  }

  /** Opens the mounts of a policy; what the guest before had open is closed. */
  begin(policy: Policy): void {
    this.#ask(policy)
  }

  /** Closes what is open. */
  end(): void {
    this.#ask(null)
  }

  call(request: BrokerRequest): BrokerReply {
    return decodeReply(this.#ask(encodeRequest(request)) as Uint8Array)
  }

  async close(): Promise<void> {
    this.end()
    await this.#worker.terminate()
  }

  #ask(message: Policy | Uint8Array | null): unknown {
    const before = Atomics.load(this.#signal, 0)
    this.#port.postMessage(message)
    if (Atomics.wait(this.#signal, 0, before, PATIENCE_MS) === 'timed-out') throw new Error('the broker does not answer')
    const reply: unknown = receiveMessageOnPort(this.#port)?.message
    if (typeof reply === 'string') throw new Error(`the broker failed: ${reply}`)
    return reply
  }
}
