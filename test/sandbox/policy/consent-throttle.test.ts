// After a few refusals nobody is asked any more for a while, however the author changes the module.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { decideConsent, rememberConsent } from '../../../src/sandbox/policy/consent.ts'
import type { ConsentRecord } from '../../../src/sandbox/policy/consent-store.ts'
import { checkManifest } from '../../../src/sandbox/policy/manifest.ts'

const HOUR = 3600e3
const manifestOf = (name: string) =>
  checkManifest({ manifest: 1, name, version: '1.0.0', capabilities: [{ capability: 'clock', reason: 'to tell the time' }] })

/** Somebody who refuses whatever is asked. @returns how often that was necessary */
async function refuseAll(
  names: readonly string[],
  now: (index: number) => number,
  principal: string | null = null,
): Promise<number> {
  const kept: ConsentRecord[] = []
  let asked = 0
  for (const [index, name] of names.entries()) {
    const store = {
      records: async () => kept,
      put: async (record: ConsentRecord) => void kept.push({ ...record, time: now(index) }),
    }
    const sha256 = createHash('sha256').update(`module ${index}`).digest('hex')
    const decision = await decideConsent(manifestOf(name), sha256, store, principal, undefined, now(index))
    if (decision.state !== 'ask') continue
    asked++
    await rememberConsent(decision, 'denied', store)
  }
  return asked
}

describe('whoever refuses', () => {
  test('is asked three times a day about modules of one name, whatever their bytes', async () => {
    expect(await refuseAll(Array(10_000).fill('tool'), () => 0)).toBe(3)
    expect(await refuseAll(Array(10).fill('tool'), (index) => index * 9 * HOUR)).toBe(10)
  })

  test('is asked ten times in ten minutes about modules of any name', async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `tool-${index}`)
    expect(await refuseAll(names, () => 0)).toBe(10)
    expect(await refuseAll(names.slice(0, 30), (index) => index * 61_000)).toBe(30)
  })

  test('is asked again about another module after a while', async () => {
    expect(await refuseAll(['a', 'a', 'a', 'a', 'a'], (index) => (index < 4 ? 0 : 25 * HOUR))).toBe(4)
  })
})

describe('a grant', () => {
  test('that was given holds, however many refusals there were', async () => {
    const kept: ConsentRecord[] = []
    const store = { records: async () => kept, put: async (record: ConsentRecord) => void kept.push(record) }
    const sha256 = 'a'.repeat(64)
    await rememberConsent(await decideConsent(manifestOf('tool'), sha256, store, null), 'granted', store)
    for (let index = 0; index < 20; index++) kept.push({ ...kept[0]!, sha256: 'b'.repeat(63) + (index % 10), state: 'denied' })
    expect((await decideConsent(manifestOf('tool'), sha256, store, null)).state).toBe('granted')
    expect((await decideConsent(manifestOf('tool'), 'c'.repeat(64), store, null)).state).toBe('denied')
  })
})
