// A guest in the caller's own thread: for measuring and for coverage-guided fuzzing. Nothing can interrupt it, and the policy must say so.
import type { Broker } from '../broker/broker.ts'
import { decodeReply, encodeRequest } from '../broker/message.ts'
import type { LocalEvent } from '../host/context.ts'
import type { Report } from '../host/reports.ts'
import { type Ending, Guest, type GuestSpec } from './guest.ts'
import type { Activation, Housing } from './housing.ts'
import { Output } from './output.ts'

export class Inline implements Housing {
  readonly #output: Output
  readonly #broker: Broker
  #events: LocalEvent[] = []
  #reports: Report[] = []
  #guest: Guest | null = null
  #stop = false

  /** @param broker makes the guest's broker, whose events go where the guest's own go */
  constructor(outputBytes: number, broker: (event: (event: LocalEvent) => void) => Broker) {
    this.#output = new Output(outputBytes)
    this.#broker = broker((event) => void this.#events.push(event))
  }

  async load(spec: GuestSpec, module: Uint8Array<ArrayBuffer>): Promise<Activation> {
    const guest = new Guest(spec, {
      output: (stream, bytes) => void this.#output.add(stream, bytes),
      event: (event) => void this.#events.push(event),
      report: (report) => void this.#reports.push(report),
      channel: { call: (request) => decodeReply(this.#broker.handleNow(encodeRequest(request))) },
      stopRequested: () => this.#stop,
      // Nobody can end it: the caller's thread is the guest's.
      sleep: (milliseconds) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds),
    })
    this.#guest = guest
    return this.#activate(guest, () => guest.load(module))
  }

  async call(name: string, values: readonly (number | bigint)[]): Promise<Activation> {
    const guest = this.#guest
    if (!guest) throw new Error('a guest was called before it was loaded')
    return this.#activate(guest, () => guest.call(name, values))
  }

  async end(): Promise<void> {
    this.#stop = true
    this.#guest = null
    await this.#broker.close()
  }

  #activate(guest: Guest, activation: () => Ending): Activation {
    this.#broker.beginActivation()
    const cpu = process.cpuUsage()
    const ending = activation()
    const { user, system } = process.cpuUsage(cpu)
    const [events, reports] = [this.#events, this.#reports]
    this.#events = []
    this.#reports = []
    return {
      ending: ending.kind === 'stopped' ? { kind: 'terminated' } : ending,
      ...this.#output.take(),
      events,
      reports,
      changes: guest.changes(),
      cpuMs: (user + system) / 1000,
      peakResidentBytes: 0,
      memoryBytes: guest.memoryBytes,
      hostCalls: guest.hostCalls,
    }
  }
}
