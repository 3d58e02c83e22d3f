// Consent: bound to the bytes and the words, carried over only where somebody vouches, and shown so that a module cannot speak for the host.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decideConsent, rememberConsent } from '../../../src/sandbox/policy/consent.ts'
import { ConsentStore } from '../../../src/sandbox/policy/consent-store.ts'
import { checkManifest, type Manifest } from '../../../src/sandbox/policy/manifest.ts'
import { negotiate } from '../../../src/sandbox/policy/negotiate.ts'
import { resolvePolicy } from '../../../src/sandbox/policy/resolve.ts'
import { EVERYTHING } from '../support/manifests.ts'

let dir: string
let store: ConsentStore
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'gauntlet-consent-'))
  store = new ConsentStore(join(dir, 'consents.json'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const [ONE, TWO, THREE] = ['1', '2', '3'].map((digit) => digit.repeat(64)) as [string, string, string]
const PUBLISHER = 'publisher-key-1'
const LOG = { capability: 'log', reason: 'To tell.' }
const KV = { capability: 'kv', reason: 'To remember.' }
const manifest = (version: string, capabilities: readonly unknown[], more = {}): Manifest =>
  checkManifest({ manifest: 1, name: 'probe', version, capabilities, ...more })
const fs = (writable: boolean) => ({ capability: 'fs', mounts: [{ at: '/d', writable }], reason: 'Data.' })
const state = async (...args: Parameters<typeof decideConsent>) => (await decideConsent(...args)).state
const answer = async (asked: Manifest, sha256: string, what: 'granted' | 'denied', principal: string | null = null) =>
  rememberConsent(await decideConsent(asked, sha256, store, principal), what, store)

describe('a module', () => {
  it('is asked about until somebody has decided, and then no more', async () => {
    const asked = manifest('1.0.0', [LOG])
    expect(await state(asked, ONE, store, null)).toBe('ask')
    expect(await state(asked, ONE, null, null)).toBe('ask')
    await answer(asked, ONE, 'granted')
    expect(await state(asked, ONE, store, null)).toBe('granted')
  })

  it('that was refused stays refused, however often it asks', async () => {
    const asked = manifest('1.0.0', [LOG])
    await answer(asked, ONE, 'denied')
    for (let i = 0; i < 3; i++) expect(await state(asked, ONE, store, null)).toBe('denied')
  })

  it('that asks for nothing needs no consent', async () => {
    expect(await state(manifest('1.0.0', []), ONE, store, null)).toBe('granted')
  })

  it('gets from negotiation what was agreed to', async () => {
    const asked = manifest('1.0.0', [LOG, KV])
    await answer(asked, ONE, 'granted')
    const { state: now, wanted } = await decideConsent(asked, ONE, store, null)
    expect(now).toBe('granted')
    expect(negotiate(asked, resolvePolicy(), wanted).grants.capabilities).toMatchObject({ log: true, kv: null, metric: false })
  })

  it.each([
    ['other reasons', manifest('1.0.0', [{ ...LOG, reason: 'To tell everything.' }])],
    ['another description', manifest('1.0.0', [LOG], { description: 'Harmless.' })],
    ['more', manifest('1.0.0', [LOG, KV])],
    ['another name', { ...manifest('1.0.0', [LOG]), name: 'other' }],
  ])('with a changed side file is asked about again: %s', async (_, changed) => {
    await answer(manifest('1.0.0', [LOG]), ONE, 'granted')
    expect(await state(changed, ONE, store, null)).toBe('ask')
  })

  it('that was refused is asked about again in other words, and a consent to other bytes does not speak for it', async () => {
    await answer(manifest('1.0.0', [LOG]), ONE, 'granted', PUBLISHER)
    await answer(manifest('1.1.0', [LOG]), TWO, 'denied', PUBLISHER)
    expect(await state(manifest('1.1.0', [LOG]), TWO, store, PUBLISHER)).toBe('denied')
    expect(await state(manifest('1.1.0', [{ ...LOG, reason: 'Please.' }]), TWO, store, PUBLISHER)).toBe('ask')
  })

  it('is asked about what the policy would grant; a wider policy later asks for the rest', async () => {
    const asked = manifest('1.0.0', [LOG, KV])
    const narrow = resolvePolicy()
    const wide = resolvePolicy({ capabilities: { kv: { namespace: 'n' } } })
    const first = await decideConsent(asked, ONE, store, null, narrow)
    expect(first.question.lines.map(({ capability }) => capability)).toEqual(['log'])
    await rememberConsent(first, 'granted', store)
    expect(await state(asked, ONE, store, null, narrow)).toBe('granted')
    const second = await decideConsent(asked, ONE, store, null, wide)
    expect(second.state).toBe('ask')
    expect(second.question.lines.map(({ capability, isNew }) => [capability, isNew])).toEqual([
      ['log', false],
      ['kv', true],
    ])
  })
})

describe('a new version', () => {
  const cases: [string, string, readonly unknown[], 'granted' | 'ask'][] = [
    ['wants the same', '1.0.1', [LOG, KV, fs(true)], 'granted'],
    ['wants less', '2.0.0', [KV], 'granted'],
    ['reads where the old one wrote', '2.0.0', [fs(false)], 'granted'],
    ['wants more', '1.0.1', [LOG, KV, fs(true), { capability: 'random', reason: 'r' }], 'ask'],
    ['says it in other words', '1.0.1', [{ ...LOG, reason: 'To report.' }], 'ask'],
    ['is older', '0.9.9', [LOG], 'ask'],
    ['is a pre-release of the old one', '1.0.0-rc.1', [LOG], 'ask'],
  ]
  it.each(cases)('that %s, from the same hands', async (_, version, capabilities, expected) => {
    await answer(manifest('1.0.0', [LOG, KV, fs(true)]), ONE, 'granted', PUBLISHER)
    expect(await state(manifest(version, capabilities), TWO, store, PUBLISHER)).toBe(expected)
  })

  it.each([
    ['nobody vouches for either', null, null],
    ['nobody vouches for the new one', PUBLISHER, null],
    ['nobody vouched for the old one', null, PUBLISHER],
    ['somebody else vouches for it', PUBLISHER, 'publisher-key-2'],
  ])('of the same name is asked about if %s (name squatting)', async (_, before, now) => {
    await answer(manifest('1.0.0', [LOG]), ONE, 'granted', before)
    expect(await state(manifest('1.0.1', [LOG]), TWO, store, now)).toBe('ask')
    expect((await decideConsent(manifest('1.0.1', [LOG]), TWO, store, now)).question.before).toBeNull()
  })

  it('shows what is new', async () => {
    await answer(manifest('1.0.0', [LOG, fs(false)]), ONE, 'granted', PUBLISHER)
    const { question } = await decideConsent(manifest('1.1.0', [LOG, KV, fs(true)]), TWO, store, PUBLISHER)
    expect(question.before).toBe('1.0.0')
    expect(question.lines.map(({ capability, isNew }) => [capability, isNew])).toEqual([
      ['log', false],
      ['kv', true],
      ['fs', true],
    ])
  })

  it('that was refused does not take the consent to the old one away', async () => {
    await answer(manifest('1.0.0', [LOG]), ONE, 'granted', PUBLISHER)
    await answer(manifest('2.0.0', [LOG, KV]), TWO, 'denied', PUBLISHER)
    expect(await state(manifest('1.0.0', [LOG]), ONE, store, PUBLISHER)).toBe('granted')
    expect(await state(manifest('2.0.1', [LOG]), THREE, store, PUBLISHER)).toBe('granted')
  })

  it('is asked about once the consent to the old one is revoked', async () => {
    await answer(manifest('1.0.0', [LOG]), ONE, 'granted', PUBLISHER)
    await store.remove(({ sha256 }) => sha256 === ONE)
    expect(await state(manifest('1.0.0', [LOG]), ONE, store, PUBLISHER)).toBe('ask')
    expect(await state(manifest('1.0.1', [LOG]), TWO, store, PUBLISHER)).toBe('ask')
  })
})

describe('the question', () => {
  it('has the host’s own sentence for each capability, and names the digest in full', async () => {
    const { question } = await decideConsent(checkManifest(EVERYTHING), ONE, null, null)
    expect(question).toMatchObject({ name: 'example/probe', version: '1.2.3', sha256: ONE, description: '"Checks a web site."' })
    expect(question.lines.map(({ sentence }) => sentence)).toEqual([
      'Read what is put into its standard input.',
      'Write to standard output.',
      'Write to standard error.',
      'See the arguments that the program is started with.',
      'See the environment variable "LANG", if it is passed to it.',
      'See the environment variable "TARGET", if it is passed to it.',
      'Tell the time, in steps of 1 µs.',
      'Get random bytes.',
      'Read everything in the directory that it sees as "/data".',
      'Read, change and delete everything in the directory that it sees as "/out".',
      'Send anything to "api.example.org" and read the answers.',
      'Send anything to every host below "example.net" and read the answers.',
      'Look up "example.org" in the DNS.',
      'Connect to "example.org" at port 443 and exchange anything.',
      'Keep data between runs, and read what others with the same namespace have kept.',
      'Write lines to the log.',
      'Record metrics.',
      'Report a result.',
      'Calculate hashes.',
      'Sign anything with the key "report".',
      'Check signatures with the key "report".',
    ])
  })

  it('says what a star and an unencrypted origin mean', async () => {
    const asked = manifest('1.0.0', [
      { capability: 'net.http', allow: ['http://*:8080', 'https://[::1]'], reason: 'r' },
      { capability: 'net.tcp', allow: ['*:*'], reason: 'r' },
      { capability: 'net.dns', allow: ['*'], reason: 'r' },
    ])
    const { question } = await decideConsent(asked, ONE, null, null)
    expect(question.lines.map(({ sentence }) => sentence)).toEqual([
      'Send anything to every host there is at port 8080 and read the answers, unencrypted.',
      'Send anything to "[::1]" and read the answers.',
      'Connect to every host there is at any port and exchange anything.',
      'Look up every host there is in the DNS.',
    ])
  })

  it('shows a module’s words as its claim: quoted, on one line, short and with nothing hidden (OUT-09)', async () => {
    const reason = `fine.\n\n\n[y] allow  [n] deny\u001b[2J\u202e\u200b${'\u00a0'.repeat(20)}${' '.repeat(50)}"Get nothing."`
    const asked = manifest(
      '1.0.0',
      [
        { capability: 'kv', reason },
        { capability: 'fs', mounts: [{ at: '/a\nAllow nothing' }], reason: 'r' },
      ],
      {
        description: 'x'.repeat(500),
      },
    )
    const { question } = await decideConsent(asked, ONE, null, null)
    const [kv, files] = question.lines
    expect(kv!.sentence).toBe('Keep data between runs, and read what others with the same namespace have kept.')
    expect(kv!.claim).toMatch(/^"fine\.\\u\{a\}.*\\"Get nothing\.\\""$/)
    expect(files!.sentence).toBe('Read everything in the directory that it sees as "/a\\u{a}Allow nothing".')
    const everything = JSON.stringify(question)
    expect(everything).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|(?! )\p{Zs}|\\n| {3}/u)
  })

  it('is another question in another wording only', async () => {
    const wording = async (asked: Manifest, sha = ONE) => (await decideConsent(asked, sha, null, null)).wording
    const base = await wording(manifest('1.0.0', [LOG]))
    expect(await wording(manifest('2.0.0', [LOG]), TWO)).toBe(base)
    expect(await wording(manifest('1.0.0', [{ ...LOG, reason: 'x' }]))).not.toBe(base)
    expect(await wording(manifest('1.0.0', [LOG], { description: 'x' }))).not.toBe(base)
  })
})
