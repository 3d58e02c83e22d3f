// An instance that was terminated is over, even if its call was completed in the same moment; and a guest that is not begun yet can be given up, even
// if the audit log never answers.
import { assemble } from '../../src/attacks/assemble.ts'
import type { Property } from '../../src/campaign/property.ts'
import { createSandbox } from '../../src/sandbox/index.ts'
import { Instance } from '../../src/sandbox/instance.ts'
import type { Activation, Housing } from '../../src/sandbox/isolation/housing.ts'
import { resolvePolicy } from '../../src/sandbox/policy/resolve.ts'
import { type Case, checkCases } from '../cases.ts'
import { activation } from '../models/activation.ts'

const INLINE = {
  isolation: { level: 'inline', exclusiveJail: false },
  quotas: { wallClockMs: null, cpuMs: null, residentBytes: null },
} as const
const RETURNED = activation()

/** A guest whose call returns just when it is being ended. */
class LateGuest implements Housing {
  readonly left = 0
  ended = 0
  #finish: (() => void) | null = null
  async load(): Promise<Activation> {
    return RETURNED
  }
  async call(): Promise<Activation> {
    await new Promise<void>((resolve) => {
      this.#finish = resolve
    })
    return RETURNED
  }
  capture(): Promise<never> {
    return Promise.reject(new Error('nobody asked for that'))
  }
  async restore(): Promise<Activation> {
    return RETURNED
  }
  async end(): Promise<void> {
    this.ended++
    this.#finish?.()
  }
}

const overWhenTerminated: Case = async () => {
  const guest = new LateGuest()
  const ends: string[] = []
  const functions = new Map([['f', { params: [], results: [] }]])
  const instance = new Instance('i', resolvePolicy('default'), '00', functions, guest, ({ reason }) => void ends.push(reason))
  await instance.start((housing, first) => housing.load({} as never, new Uint8Array(0), first))
  const call = instance.call('f')
  await instance.terminate()
  await call
  if (instance.state !== 'ended') return `the guest was terminated while its call returned, and the instance is ${instance.state}`
  return ends.length === 1 ? null : `its end was told ${ends.length} times`
}

/** Longer than a sandbox takes that does not wait for the log. */
const PATIENCE_MS = 3_000

const givenUpWhileTheLogHangs: Case = async () => {
  const stop = new AbortController()
  let asked = 0
  const note = () => {
    asked++
    // In the midst of the first record, which no answer will ever follow.
    setTimeout(() => stop.abort(), 10)
    return new Promise<void>(() => {})
  }
  const sandbox = createSandbox(INLINE, { audit: { write: () => undefined, note } })
  const module = await assemble('(module (func (export "_start")))')
  const late = Symbol('late')
  let timer: NodeJS.Timeout | undefined
  const result = await Promise.race([
    sandbox.execute(module, undefined, { signal: stop.signal }),
    new Promise<typeof late>((resolve) => {
      timer = setTimeout(() => resolve(late), PATIENCE_MS)
    }),
  ])
  clearTimeout(timer)
  if (result === late) return `the guest was given up, and ${PATIENCE_MS} ms later the sandbox still waits for the audit log`
  if (asked === 0) return 'no record was written of the guest'
  return result.outcome === 'terminated' ? null : `the guest was given up before it began, and ${result.outcome}`
}

const property: Property = {
  name: 'ended-instances',
  threats: ['CTL-12', 'CTL-13'],
  run: (seed, milliseconds) => checkCases({ overWhenTerminated, givenUpWhileTheLogHangs }, seed, milliseconds),
}
export default property
