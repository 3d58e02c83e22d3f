// A guest in the caller's own thread: for measuring and for coverage-guided fuzzing. Nothing can interrupt it, and the policy must say so.
import type { LocalEvent } from '../host/context.ts'
import { type Ending, Guest, type GuestSpec } from './guest.ts'
import type { Activation, Housing } from './housing.ts'
import { Output } from './output.ts'

export class Inline implements Housing {
  readonly #output: Output
  #events: LocalEvent[] = []
  #guest: Guest | null = null
  #stop = false

  constructor(outputBytes: number) {
    this.#output = new Output(outputBytes)
  }

  async load(spec: GuestSpec, module: Uint8Array<ArrayBuffer>): Promise<Activation> {
    const guest = new Guest(spec, {
      output: (stream, bytes) => void this.#output.add(stream, bytes),
      event: (event) => void this.#events.push(event),
      stopRequested: () => this.#stop,
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
  }

  #activate(guest: Guest, activation: () => Ending): Activation {
    const cpu = process.cpuUsage()
    const ending = activation()
    const { user, system } = process.cpuUsage(cpu)
    const events = this.#events
    this.#events = []
    return {
      ending: ending.kind === 'stopped' ? { kind: 'terminated' } : ending,
      ...this.#output.take(),
      events,
      cpuMs: (user + system) / 1000,
      peakResidentBytes: 0,
      memoryBytes: guest.memoryBytes,
      hostCalls: guest.hostCalls,
    }
  }
}
