// The table of limits: each row makes sense by itself, the policy's schema and the profiles are what it says, and what it names exceeds the limit indeed.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CorpusCase, loadCorpus } from '../../../src/attacks/corpus.ts'
import { DEFAULT_LIMITS } from '../../../src/attacks/limits.ts'
import { CODES } from '../../../src/sandbox/explain.ts'
import {
  createSandbox,
  type ExecutionResult,
  GuestNotReady,
  type PolicyInput,
  type Sandbox,
  UsageError,
} from '../../../src/sandbox/index.ts'
import { FIXED } from '../../../src/sandbox/policy/limits/fixed.ts'
import type { FixedLimit, Limit } from '../../../src/sandbox/policy/limits/limit.ts'
import { JAIL_ONLY, nullOf, QUOTA_NAMES, type QuotaName, quota } from '../../../src/sandbox/policy/limits/quotas.ts'
import { PROFILES } from '../../../src/sandbox/policy/profiles.ts'
import { resolvePolicy } from '../../../src/sandbox/policy/resolve.ts'
import { policyInputSchema } from '../../../src/sandbox/policy/schema.ts'
import { loadThreatModel } from '../../../src/threats/load.ts'

const ROOT = join(import.meta.dirname, '../../..')
const cases = new Map<string, CorpusCase>()
beforeAll(async () => {
  for (const attack of (await loadCorpus(join(ROOT, 'corpus'))).attacks) cases.set(attack.id, attack)
})
const rows: readonly (readonly [string, Limit])[] = [
  ...QUOTA_NAMES.map((name) => [name, quota(name)] as const),
  ...Object.entries<FixedLimit>(FIXED),
]
const accepts = (name: QuotaName, value: unknown) => policyInputSchema.safeParse({ quotas: { [name]: value } }).success

describe('every row', () => {
  test('names threats of the model, and none only where no guest can exceed it', () => {
    const known = new Set(loadThreatModel().threats.map(({ id }) => id))
    expect(rows.flatMap(([name, { threats }]) => threats.filter((id) => !known.has(id)).map((id) => `${name}: ${id}`))).toEqual(
      [],
    )
    expect(rows.filter(([, { threats }]) => threats.length === 0).map(([name]) => name)).toEqual(['inputBytes', 'argumentBytes'])
  })

  test('names codes that are explained', () => {
    const unknown = rows.flatMap(([name, { exceeding }]) =>
      exceeding.filter((code) => !CODES.includes(code)).map((code) => `${name}: ${code}`),
    )
    expect(unknown).toEqual([])
  })

  test('names a case of the corpus that speaks of one of its threats, or a test', () => {
    const wrong = rows.filter(([, { exceededBy, threats }]) => {
      if (exceededBy.startsWith('test/')) return !existsSync(join(ROOT, exceededBy))
      const attack = cases.get(exceededBy)
      return !attack || !threats.some((id) => attack.threats.includes(id))
    })
    expect(wrong.map(([name]) => name)).toEqual([])
  })
})

describe('every quota', () => {
  test.each(QUOTA_NAMES)('%s: the schema takes its range, and nothing beyond', (name) => {
    const { range } = quota(name)
    const [min, max] = range
    expect([accepts(name, min), accepts(name, max), accepts(name, min - 1), accepts(name, max + 1)]).toEqual([
      true,
      true,
      false,
      false,
    ])
    expect(accepts(name, null)).toBe(nullOf(quota(name)) !== undefined)
  })

  test.each(QUOTA_NAMES)('%s: the profiles have its values, which grow and are in its range', (name) => {
    const { values, range } = quota(name)
    expect(['strict', 'default', 'relaxed'].map((profile) => PROFILES.get(profile)!.quotas[name])).toEqual(values)
    const bounds = values.map((value) => value ?? Number.POSITIVE_INFINITY)
    expect(bounds).toEqual(bounds.toSorted((a, b) => a - b))
    expect(values.every((value) => value === null || (value >= range[0] && value <= range[1]))).toBe(true)
  })

  test('a limit that is not written on the row cannot be lifted, whatever is on Object.prototype', () => {
    const prototype = Object.prototype as { null?: string }
    prototype.null = 'off'
    try {
      expect(nullOf(quota('memoryBytes'))).toBeUndefined()
    } finally {
      delete prototype.null
    }
  })
})

describe('what cannot be enforced', () => {
  const inline: PolicyInput = { isolation: { level: 'inline', exclusiveJail: false } }
  const lifted = { wallClockMs: null, cpuMs: null, residentBytes: null }

  test.each(JAIL_ONLY)('%s is refused inline unless it is null, and refused in a jail if it is', (name) => {
    expect(() => resolvePolicy({ ...inline, quotas: { ...lifted, [name]: quota(name).values[1] } })).toThrow(
      `quotas.${name}: isolation level inline`,
    )
    expect(() => resolvePolicy({ quotas: { [name]: null } })).toThrow(`quotas.${name}: isolation level jail`)
  })

  test('heap and stack are null inline where nobody named them; the limits that end a guest have to be lifted by name', () => {
    expect(resolvePolicy({ ...inline, quotas: lifted }).quotas).toMatchObject({ heapBytes: null, stackBytes: null })
    expect(() => resolvePolicy(inline)).toThrow('quotas.wallClockMs')
  })

  test('a heap that is too small for the tables is refused', () => {
    expect(() => resolvePolicy({ extends: 'relaxed', quotas: { heapBytes: '64MiB' } })).toThrow('quotas.heapBytes')
    expect(resolvePolicy({ quotas: { heapBytes: '64MiB' } }).quotas.heapBytes).toBe(64 * 2 ** 20)
  })
})

describe('what an embedder exceeds', () => {
  const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)

  test.each([
    ['inputBytes', { stdin: new Uint8Array(11) }],
    ['argumentBytes', { args: ['0123456789'] }],
  ] as const)('%s', async (name, options) => {
    await using sandbox = createSandbox({ quotas: { [name]: 10 } })
    const failed = sandbox.execute(empty, undefined, options)
    await expect(failed).rejects.toThrow(UsageError)
    await expect(failed).rejects.toThrow(`(quotas.${name})`)
  })
})

/** Where the row names more than one thing that comes of it, and its case shows the other. */
const ALSO: readonly (readonly [QuotaName, string])[] = [
  ['memoryBytes', 'MOD-11-one-page-too-many'],
  ['tableElements', 'MOD-10-table-bomb'],
]

describe('exceeding it comes to what the row says', () => {
  const sandbox = createSandbox()
  afterAll(() => sandbox[Symbol.asyncDispose]())

  async function attacked(attack: CorpusCase): Promise<ExecutionResult> {
    const own = (attack.run?.policy ?? {}) as PolicyInput
    if (!own.capabilities?.kv) return attackedIn(sandbox, attack, own)
    // The key-value store lives as long as its sandbox.
    await using alone = createSandbox()
    return await attackedIn(alone, attack, own)
  }
  async function attackedIn(sandbox: Sandbox, { bytes, run }: CorpusCase, own: PolicyInput): Promise<ExecutionResult> {
    const policy: PolicyInput = { ...own, quotas: { ...DEFAULT_LIMITS, ...run?.limits, ...own.quotas } }
    let last: ExecutionResult
    try {
      await using instance = await sandbox.create(bytes, policy)
      last = instance.startup
      const entry = ['_start', 'run', 'main'].find((name) => instance.functions.has(name))
      for (const { call, args = [] } of run?.calls ?? (entry ? [{ call: entry }] : [])) last = await instance.call(call, ...args)
    } catch (error) {
      if (!(error instanceof GuestNotReady)) throw error
      last = error.result
    }
    return last
  }
  /** Everything that the result says, as the codes of the table. */
  const codesOf = ({ outcome, trap, securityEvents }: ExecutionResult) => [
    `outcome/${outcome}`,
    ...(trap ? [`trap/${trap}`] : []),
    ...securityEvents.flatMap((event) => [
      `event/${event.type}`,
      ...(event.type === 'module-refused' ? [`refusal/${event.code}`] : []),
    ]),
  ]
  const told = (result: ExecutionResult) =>
    result.securityEvents.flatMap((event) => (event.type === 'quota-exceeded' ? [event.quota] : []))
  const byGuests = [...QUOTA_NAMES.map((name) => [name, quota(name).exceededBy] as const), ...ALSO].filter(
    ([, id]) => !id.startsWith('test/'),
  )

  test.each(byGuests)(
    '%s: %s',
    async (name, id) => {
      const attack = cases.get(id)!
      const { exceeding } = quota(name)
      if (attack.setting) {
        // Needs servers, which the campaign gives it. What it must come to stands in the case.
        const events = exceeding.flatMap((code) => (code.startsWith('event/') ? [code.slice(6)] : []))
        expect(attack.expect.events).toEqual(expect.arrayContaining(events))
        return
      }
      const result = await attacked(attack)
      const refused = result.outcome === 'refused'
      const also = ALSO.some(([other]) => other === name)
      // An error number is what the guest itself looks for: it exits with another code if it is not the right one.
      const seen = exceeding.filter(
        (code) => !code.startsWith('errno/') && !(also && code.startsWith(refused ? 'event/quota' : 'refusal/')),
      )
      expect(codesOf(result)).toEqual(expect.arrayContaining(seen))
      if (exceeding.some((code) => code.startsWith('errno/'))) expect(result).toMatchObject({ outcome: 'exited', exitCode: 0 })
      if (exceeding.includes('event/quota-exceeded') && !refused) expect(told(result)).toContain(name)
      if (exceeding.includes('refusal/limit')) expect(result.message).toMatch(limitOf(name, attack))
    },
    60_000,
  )

  /** The figure of the policy that the refusal names. */
  function limitOf(name: QuotaName, { run }: CorpusCase): RegExp {
    const own = (run?.policy ?? {}) as { quotas?: Partial<Record<QuotaName, number>> }
    return new RegExp(`\\b${own.quotas?.[name] ?? PROFILES.get('default')!.quotas[name]}\\b`)
  }
})

describe('a heap and a stack of a policy’s own', () => {
  const deep = readFileSync(join(ROOT, 'corpus/CTL-04-small-stack.wat'), 'utf8')

  test('hold for the guest that has them only: the next one has the usual thread', async () => {
    expect(deep).toContain('stackBytes: 524288')
    await using sandbox = createSandbox({}, { pool: { maxJails: 1 } })
    const { bytes } = cases.get('CTL-04-small-stack')!
    const run = (quotas: PolicyInput['quotas']) => sandbox.execute(bytes, { quotas }, { entry: 'run', callArguments: [40_000] })
    expect((await run({})).outcome).toBe('completed')
    expect((await run({ stackBytes: '512KiB' })).trap).toBe('stack-overflow')
    expect((await run({})).outcome).toBe('completed')
    expect((await run({ stackBytes: '512KiB' })).trap).toBe('stack-overflow')
  }, 60_000)

  test('keep the same thread for guests that want the same', async () => {
    await using sandbox = createSandbox({ quotas: { heapBytes: '64MiB' } }, { pool: { maxJails: 1 } })
    const { bytes } = cases.get('CTL-04-small-stack')!
    const first = await sandbox.execute(bytes, undefined, { entry: 'run', callArguments: [5] })
    const second = await sandbox.execute(bytes, undefined, { entry: 'run', callArguments: [5] })
    expect([first.outcome, second.outcome]).toEqual(['completed', 'completed'])
    expect(sandbox.cache.modules.hits).toBe(1)
  }, 60_000)
})
