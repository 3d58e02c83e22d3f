// However often an author comes back with other bytes, other names or other reasons, a person who refuses is asked no more than a few times in a while;
// and who has refused little is asked.
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { decideConsent, rememberConsent } from '../../src/sandbox/policy/consent.ts'
import type { ConsentRecord } from '../../src/sandbox/policy/consent-store.ts'
import { checkManifest } from '../../src/sandbox/policy/manifest.ts'
import { checkPropertyAsync } from '../check.ts'

const MINUTE = 60e3
const DAY = 24 * 60 * MINUTE
/** What the documentation says. */
const OF_A_NAME = { most: 3, within: DAY }
const OF_ALL = { most: 10, within: 10 * MINUTE }

const attempt = fc.record({
  name: fc.constantFrom(...'abcdefghijklmnop'),
  bytes: fc.nat(1000),
  reason: fc.constantFrom('to work', 'to work well', 'please'),
  /** Since the one before. */
  later: fc.oneof(
    { weight: 12, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 2 * MINUTE }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: DAY }) },
  ),
  principal: fc.constantFrom(null, 'acme'),
})
const trial = fc.array(attempt, { maxLength: 60, size: 'max' })
type Trial = typeof trial extends fc.Arbitrary<infer T> ? T : never

async function holds(attempts: Trial): Promise<string | null> {
  const refusals: { readonly name: string; readonly principal: string | null; readonly time: number }[] = []
  const kept: ConsentRecord[] = []
  let now = 0
  for (const { name, bytes, reason, later, principal } of attempts) {
    now += later
    const sha256 = createHash('sha256').update(`${name} ${bytes}`).digest('hex')
    const manifest = checkManifest({ manifest: 1, name, version: '1.0.0', capabilities: [{ capability: 'clock', reason }] })
    const store = {
      records: async () => kept,
      put: async (record: ConsentRecord) => {
        const same = kept.findIndex((other) => other.sha256 === record.sha256 && other.principal === record.principal)
        if (same !== -1) kept.splice(same, 1)
        kept.push({ ...record, time: now })
      },
    }
    const decision = await decideConsent(manifest, sha256, store, principal, undefined, now)
    const ofName = refusals.filter((one) => one.name === name && one.principal === principal && now - one.time < OF_A_NAME.within)
    const ofAll = refusals.filter((one) => now - one.time < OF_ALL.within)
    if (decision.state === 'granted') return 'something is granted that nobody agreed to'
    if (decision.state === 'ask') {
      // The same bytes in other words take the place of their own record, so that what is kept can be less than what was said.
      if (
        kept.filter((one) => one.name === name && one.principal === principal && now - one.time < OF_A_NAME.within).length >=
        OF_A_NAME.most
      )
        return `somebody who refused ${name} ${ofName.length} times within a day is asked again`
      if (kept.filter((one) => now - one.time < OF_ALL.within).length >= OF_ALL.most)
        return `somebody who refused ${ofAll.length} times within ten minutes is asked again`
      refusals.push({ name, principal, time: now })
      await rememberConsent(decision, 'denied', store)
    } else if (ofName.length < OF_A_NAME.most && ofAll.length < OF_ALL.most && !kept.some((one) => one.sha256 === sha256)) {
      return 'somebody who refused little is not asked'
    }
  }
  return null
}

const property: Property = {
  name: 'consent-floods',
  threats: ['OUT-10'],
  run: async (seed, milliseconds) => checkPropertyAsync(trial, holds, (value) => JSON.stringify(value), seed, milliseconds),
}
export default property
