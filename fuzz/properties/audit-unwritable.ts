// What cannot be recorded is not done: whenever the audit log fails, in whatever way, no effect follows that is not on record, unless the policy says so.
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import type { AuditRecord, AuditSink } from '../../src/sandbox/audit.ts'
import { Broker } from '../../src/sandbox/broker/broker.ts'
import { encodeRequest } from '../../src/sandbox/broker/message.ts'
import type { Service } from '../../src/sandbox/broker/operation.ts'
import { checkPropertyAsync } from '../check.ts'

/** How the sink takes one record. `foreign` ones are no promises of the engine's. */
const WAYS = ['written', 'written later', 'throws', 'rejects', 'foreign, written', 'foreign, rejects'] as const
type Way = (typeof WAYS)[number]
interface Trial {
  readonly ways: readonly Way[]
  readonly goesOn: boolean
}
const trial: fc.Arbitrary<Trial> = fc.record({
  ways: fc.array(fc.constantFrom(...WAYS), { minLength: 1, maxLength: 6 }),
  goesOn: fc.boolean(),
})

const later = () => new Promise<void>((resolve) => setImmediate(resolve))
/** Something that can be awaited and is no promise, as other libraries have. */
const foreign = (promise: Promise<void>) => ({ then: promise.then.bind(promise) }) as PromiseLike<void>

function sinkOf(ways: readonly Way[], kept: Set<string>): AuditSink {
  let next = 0
  const keep = ({ object }: AuditRecord) => void kept.add(object)
  const fail = () => Promise.reject(new Error('disk full'))
  return {
    write: (record) => {
      switch (ways[next++]!) {
        case 'written':
          return keep(record)
        case 'written later':
          return later().then(() => keep(record))
        case 'foreign, written':
          return foreign(later().then(() => keep(record)))
        case 'throws':
          throw new Error('disk full')
        case 'rejects':
          return fail()
        case 'foreign, rejects':
          return foreign(later().then(fail))
      }
    },
  }
}

async function holds({ ways, goesOn }: Trial): Promise<string | null> {
  const kept = new Set<string>()
  const unrecorded: string[] = []
  let [effects, events] = [0, 0]
  const service: Service = {
    operations: {
      'test.act': (fields) => {
        const object = fields.text('object', 100)
        return {
          intent: { capability: 'kv', object, refusal: null },
          run: () => {
            effects++
            if (!kept.has(`"${object}"`)) unrecorded.push(object)
            return { errno: 'success' }
          },
        }
      },
    },
    close: () => undefined,
  }
  const options = { services: [service], deadlineMs: 10_000, audit: sinkOf(ways, kept), instance: 'one', module: '00' }
  const whenUnwritable = goesOn ? 'continue-and-report' : 'refuse'
  const broker = new Broker({ ...options, whenUnwritable, event: () => void events++ })
  for (const index of ways.keys()) await broker.handle(encodeRequest({ operation: 'test.act', fields: { object: `${index}` } }))
  await broker.close()
  const fails = (way: Way) => way === 'throws' || way.endsWith('rejects')
  const first = ways.findIndex(fails)
  if (events !== (first < 0 ? 0 : 1)) return `the embedder was told ${events} times that the log fails`
  if (goesOn) return effects === ways.length ? null : `${effects} of ${ways.length} effects were done under continue-and-report`
  if (unrecorded.length > 0) return 'an effect was done that is not on record'
  const wanted = first < 0 ? ways.length : first
  return effects === wanted ? null : `${effects} effects were done, and ${wanted} should have been`
}

const property: Property = {
  name: 'audit-unwritable',
  threats: ['OUT-11'],
  run: (seed, milliseconds) => checkPropertyAsync(trial, holds, (value) => JSON.stringify(value), seed, milliseconds),
}
export default property
