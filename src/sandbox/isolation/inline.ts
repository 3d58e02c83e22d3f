// A guest in the caller's own thread: for measuring and for coverage-guided fuzzing. Nothing can interrupt it, and the policy must say so.
import type { Broker } from '../broker/broker.ts'
import { decodeReply, encodeRequest } from '../broker/message.ts'
import type { LocalEvent } from '../host/context.ts'
import type { Report } from '../host/reports.ts'
import type { UsageSink } from '../monitor/usage-sink.ts'
import { type Captured, type Ending, type FirstCalls, Guest, type GuestSpec } from './guest.ts'
import type { Activation, Capture, Housing } from './housing.ts'
import { Output } from './output.ts'

export class Inline implements Housing {
  readonly #output: Output
  readonly #broker: Broker
  readonly #usage: UsageSink | undefined
  #events: LocalEvent[] = []
  #reports: Report[] = []
  #guest: Guest | null = null
  #stop = false

  /**
   * @param broker makes the guest's broker, whose events go where the guest's own go
   * @param usage is told what the guest uses up, while it does
   */
  constructor(outputBytes: number, broker: (event: (event: LocalEvent) => void) => Broker, usage?: UsageSink) {
    this.#usage = usage
    this.#output = new Output(outputBytes)
    this.#broker = broker((event) => void this.#events.push(event))
  }

  async load(spec: GuestSpec, module: Uint8Array<ArrayBuffer>, first?: FirstCalls): Promise<Activation> {
    const guest = new Guest(spec, {
      output: (stream, bytes) => {
        if (this.#output.add(stream, bytes)) this.#usage?.wrote(bytes.length)
      },
      event: (event) => void this.#events.push(event),
      report: (report) => void this.#reports.push(report),
      channel: { call: (request) => decodeReply(this.#broker.handleNow(encodeRequest(request))) },
      stopRequested: () => this.#stop,
      // Nobody can end it: the caller's thread is the guest's.
      sleep: (milliseconds) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds),
    })
    this.#guest = guest
    return this.#activate(guest, () => guest.load(module, first))
  }

  async call(name: string, values: readonly (number | bigint)[]): Promise<Activation> {
    const guest = this.#guest
    if (!guest) throw new Error('a guest was called before it was loaded')
    return this.#activate(guest, () => guest.call(name, values))
  }

  async capture(): Promise<Capture> {
    const guest = this.#guest
    if (!guest) throw new Error('a guest was captured before it was loaded')
    let captured: Captured | null = null
    const activation = this.#activate(guest, () => {
      const taken = guest.capture()
      captured = taken.captured
      return taken.ending
    })
    return { activation, captured }
  }

  async restore(image: Uint8Array): Promise<Activation> {
    const before = this.#guest
    if (!before?.module) throw new Error('a guest was restored before it was loaded')
    const { module } = before
    const guest = before.successor(image)
    this.#guest = guest
    return this.#activate(guest, () => guest.load(module))
  }

  get left(): number {
    return this.#broker.left
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
      counts: guest.counts,
    }
  }
}
