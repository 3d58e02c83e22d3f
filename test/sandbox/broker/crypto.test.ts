// The crypto capability behind the broker: which key, which use, which algorithm, and that no key ever comes out.
import { createHmac, createSecretKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { CryptoService } from '../../../src/sandbox/broker/crypto.ts'
import { BadRequest } from '../../../src/sandbox/broker/fields.ts'
import type { EmbedderKey, Pace } from '../../../src/sandbox/broker/keys.ts'
import { UsageError } from '../../../src/sandbox/errors.ts'
import { brokerHarness } from '../support/native.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const ed25519 = generateKeyPairSync('ed25519')
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const secret = createSecretKey(Buffer.from('0123456789abcdef0123456789abcdef'))

type Use = 'sign' | 'verify'
const KEYS: Record<string, EmbedderKey> = {
  ed25519: ed25519.privateKey,
  p256: { private: p256.privateKey, public: p256.publicKey },
  rsa: rsa.privateKey,
  secret,
  open: ed25519.publicKey,
}

function service(
  grants: Record<string, Use[]>,
  {
    keys = KEYS,
    handles = 10,
    pace = 'in background' as Pace,
  }: { keys?: Record<string, EmbedderKey>; handles?: number; pace?: Pace } = {},
) {
  const grant = { keys: Object.entries(grants).map(([name, use]) => ({ name, use })) }
  return brokerHarness(new CryptoService({ grant, keys: new Map(Object.entries(keys)), handles, pace }))
}
const both: Use[] = ['sign', 'verify']

describe.each(['at once', 'in background'] as const)('signatures made %s', (pace) => {
  it.each(['ed25519', 'p256', 'rsa', 'secret'])('%s signs, and verifies what it signed and nothing else', async (name) => {
    const { ask } = service({ [name]: both }, { pace })
    const { key } = (await ask('crypto.key', { name })).fields as { key: number }
    const data = bytes('message')
    const { errno, body: signature } = await ask('crypto.sign', { key }, data)
    expect(errno).toBe('success')
    const check = async (what: Uint8Array, by: Uint8Array) =>
      (await ask('crypto.verify', { key, data: what.length }, Buffer.concat([what, by]))).fields['valid']
    expect(await check(data, signature)).toBe(true)
    expect(await check(bytes('massage'), signature)).toBe(false)
    for (const wrong of [
      signature.subarray(1),
      Buffer.concat([signature, bytes('x')]),
      new Uint8Array(0),
      signature.map((b, i) => (i === 9 ? b ^ 1 : b)),
    ])
      expect(await check(data, wrong)).toBe(false)
    // Where one ends and the other begins is part of what is verified.
    expect(await check(bytes('messag'), Buffer.concat([bytes('e'), signature]))).toBe(false)
  })
})

describe('the algorithm is the key’s', () => {
  const signed = async (name: string) => {
    const { ask } = service({ [name]: ['sign'] })
    const { key } = (await ask('crypto.key', { name })).fields as { key: number }
    return (await ask('crypto.sign', { key }, bytes('m'))).body
  }
  it('Ed25519', async () => expect(verify(null, bytes('m'), ed25519.publicKey, await signed('ed25519'))).toBe(true))
  it('ECDSA on P-256 with SHA-256, as two numbers of 32 bytes', async () => {
    const signature = await signed('p256')
    expect(signature).toHaveLength(64)
    expect(verify('sha256', bytes('m'), { key: p256.publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true)
  })
  it('RSA-PSS with SHA-256 and a salt of 32 bytes', async () => {
    const how = { key: rsa.publicKey, padding: 6, saltLength: 32 }
    expect(verify('sha256', bytes('m'), how, await signed('rsa'))).toBe(true)
  })
  it('HMAC with SHA-256', async () => {
    expect(Buffer.from(await signed('secret'))).toEqual(createHmac('sha256', secret).update('m').digest())
  })
})

describe('what is granted', () => {
  it('looks the same for a name that is not granted and one that nobody has', async () => {
    const { ask, events, audit } = service({ ed25519: both })
    const [refused, unknown] = [await ask('crypto.key', { name: 'rsa' }), await ask('crypto.key', { name: 'rsb' })]
    expect(refused).toEqual(unknown)
    expect(refused).toEqual({ errno: 'noent', fields: {}, body: new Uint8Array(0) })
    expect(events).toMatchObject([
      { type: 'access-refused', hostCall: 'crypto_key', capability: 'crypto', object: '"rsa"' },
      { type: 'access-refused', hostCall: 'crypto_key', capability: 'crypto', object: '"rsb"' },
    ])
    expect(audit.map((r) => [r.operation, r.object, r.decision, r.errno])).toEqual([
      ['crypto.key', '"rsa"', 'denied', 'noent'],
      ['crypto.key', '"rsb"', 'denied', 'noent'],
    ])
  })

  it.each(['__proto__', 'constructor', '', 'ED25519', 'ed25519 '])('is found by its exact name, so not by %j', async (name) => {
    expect((await service({ ed25519: both }).ask('crypto.key', { name })).errno).toBe('noent')
  })

  it.each([
    ['sign', 'verify', { data: 0 }],
    ['verify', 'sign', {}],
  ] as const)('to %s is not to %s', async (use, other, more) => {
    const { ask, events, audit } = service({ ed25519: [use] })
    const { key } = (await ask('crypto.key', { name: 'ed25519' })).fields as { key: number }
    expect(await ask(`crypto.${other}`, { key, ...more })).toEqual({ errno: 'notcapable', fields: {}, body: new Uint8Array(0) })
    expect(events).toMatchObject([{ type: 'access-refused', hostCall: `crypto_${other}`, object: '"ed25519"' }])
    expect(audit.at(-1)).toMatchObject({ operation: `crypto.${other}`, decision: 'denied', errno: 'notcapable' })
  })

  it('tells at most 500 refusals, and neutralises the names in them', async () => {
    const { ask, events } = service({})
    for (let i = 0; i < 510; i++) await ask('crypto.key', { name: '\u001b[2J\u202e' })
    expect(events).toHaveLength(500)
    expect(events.at(-1)!.message).toContain('Further refusals are not told.')
    expect(JSON.stringify(events)).not.toMatch(/\\u001b|\u202e/)
  })

  it.each([
    ['a key that was not given', { gone: both }, {}, 'the sandbox was given none of that name'],
    ['signing with a public key', { open: both }, {}, 'to sign, which it cannot'],
    [
      'a curve that is not offered',
      { k: both },
      { k: generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey },
      'not offered',
    ],
    ['a short RSA key', { k: both }, { k: generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey }, 'not offered'],
    ['a key for agreement', { k: both }, { k: generateKeyPairSync('x25519').privateKey }, 'not offered'],
    ['a short secret', { k: both }, { k: createSecretKey(Buffer.from('short')) }, '14 bytes or more'],
    [
      'two keys that are no pair',
      { k: both },
      { k: { private: ed25519.privateKey, public: p256.publicKey } },
      'do not belong together',
    ],
    [
      'a text instead of a key',
      { k: both },
      { k: '-----BEGIN PRIVATE KEY----- xyz' as unknown as KeyObject },
      'pass a KeyObject',
    ],
  ] as const)('is told to the embedder at once if it cannot be: %s', (_, grants, keys, message) => {
    const make = () => service(grants as unknown as Record<string, Use[]>, { keys: { ...KEYS, ...keys } })
    expect(make).toThrow(UsageError)
    expect(make).toThrow(message)
    expect(make).not.toThrow('xyz')
  })
})

describe('handles of keys', () => {
  it('are numbers that only their guest has, and that end with crypto.close', async () => {
    const { ask } = service({ ed25519: both })
    const { key } = (await ask('crypto.key', { name: 'ed25519' })).fields as { key: number }
    expect((await ask('crypto.close', { key })).errno).toBe('success')
    for (const number of [key, key + 1]) {
      await expect(ask('crypto.sign', { key: number })).rejects.toThrow(BadRequest)
      await expect(ask('crypto.close', { key: number })).rejects.toThrow(BadRequest)
    }
    // A number is not given out twice.
    expect((await ask('crypto.key', { name: 'ed25519' })).fields['key']).not.toBe(key)
  })

  it('are no more than the guest can have', async () => {
    const { ask } = service({ ed25519: both }, { handles: 2 })
    await ask('crypto.key', { name: 'ed25519' })
    await ask('crypto.key', { name: 'ed25519' })
    await expect(ask('crypto.key', { name: 'ed25519' })).rejects.toThrow(BadRequest)
  })

  it.each([
    ['crypto.key', { name: 'n'.repeat(129) }, 0],
    ['crypto.key', { name: 'ed25519' }, 1],
    ['crypto.sign', { key: 0 }, 0],
    ['crypto.sign', { key: 1.5 }, 0],
    ['crypto.sign', { key: 1 }, 16 * 2 ** 20 + 1],
    ['crypto.verify', { key: 1, data: 5 }, 4],
    ['crypto.verify', { key: 1, data: -1 }, 4],
    ['crypto.verify', { key: 1, data: 0 }, 16_385],
  ])('%s %j with %i bytes is a request that no cell sends', async (operation, fields, size) => {
    const { ask } = service({ ed25519: both })
    await ask('crypto.key', { name: 'ed25519' })
    await expect(ask(operation, fields, new Uint8Array(size))).rejects.toThrow(BadRequest)
  })
})

it('no key and nothing of one is in any answer, event or audit record', async () => {
  const { ask, events, audit } = service({ secret: ['sign'], rsa: ['verify'] })
  const answers = []
  for (const name of ['secret', 'rsa', 'p256', 'nobody']) {
    const { fields } = await ask('crypto.key', { name })
    answers.push(fields)
    const { key } = fields as { key?: number }
    if (key === undefined) continue
    answers.push(await ask('crypto.sign', { key }, bytes('m')), await ask('crypto.verify', { key, data: 1 }, bytes('ms')))
  }
  const seen = JSON.stringify([answers, events, audit], (_, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
  )
  expect(seen).not.toContain(secret.export().toString())
  expect(seen).not.toContain(rsa.privateKey.export({ format: 'jwk' }).d)
  expect(seen).toContain('access-refused')
})
