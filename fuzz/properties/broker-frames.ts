// Whatever arrives on a jail's pipe, the broker answers in time or hears no more of it; it records each decision before the effect, and tells nothing of the host.
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { Arena } from '../arena.ts'
import { BrokerTrial, brokerPolicy } from '../broker-trial.ts'
import { checkPropertyAsync } from '../check.ts'
import { decodeFrames, type Frame, templatesFor } from '../requests.ts'

/** How people read it: what has the form of a request as text, the rest as hexadecimal digits. */
const show = (frames: readonly Frame[]) =>
  frames
    .map(({ operation, payload }) => {
      const text = Buffer.from(payload.subarray(4)).toString('latin1')
      const readable = operation !== null && /^[ -~]*$/.test(text)
      return readable ? text.slice(0, 400) : `hex ${Buffer.from(payload).toString('hex').slice(0, 400)}`
    })
    .join('\n')

const property: Property = {
  name: 'broker-frames',
  threats: ['CTL-09', 'HST-09', 'MEM-24', 'OUT-11', 'RES-07', 'RES-12', 'FSX-01', 'NET-01'],
  run: async (seed, milliseconds) => {
    using arena = await Arena.open()
    const templates = templatesFor(arena.port)
    const policy = brokerPolicy(arena.mount, arena.port)
    const holds = async ({ frames, cut }: { frames: readonly Frame[]; cut: number }) => {
      arena.reset()
      const trial = await BrokerTrial.open(policy, templates, { texts: arena.secrets })
      const problem = await trial.run(frames, cut)
      return problem ?? (arena.untouched ? null : 'what lies beside the mount was changed')
    }
    const frames = fc.uint8Array({ minLength: 20, maxLength: 600, size: 'max' }).map((bytes) => decodeFrames(bytes, templates))
    const cut = fc.integer({ min: 1, max: 100_000 })
    // Waited for here, because the arena ends with this function.
    return await checkPropertyAsync(
      fc.record({ frames, cut }),
      holds,
      (counterexample) => show(counterexample.frames),
      seed,
      milliseconds,
    )
  },
}
export default property
