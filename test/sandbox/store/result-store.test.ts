// What the result store keeps, how it is asked, and what it removes.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/sandbox/errors.ts'
import type { ResultQuery } from '../../../src/sandbox/store/result-query.ts'
import { ResultStore, type ResultStoreOptions } from '../../../src/sandbox/store/result-store.ts'
import { kept, META, MODULE } from '../support/results.ts'

const dir = mkdtempSync(join(tmpdir(), 'gauntlet-store-'))
const opened: ResultStore[] = []
afterAll(() => {
  for (const store of opened) store.close()
  rmSync(dir, { recursive: true, force: true })
})
let files = 0
const file = () => join(dir, `${++files}.db`)
function open(options?: ResultStoreOptions, path = file()): ResultStore {
  const store = ResultStore.open(path, options)
  opened.push(store)
  return store
}
const ids = (store: ResultStore, query?: ResultQuery) => store.query(query).results.map(({ id }) => id)

describe('a record', () => {
  const full = kept({
    outcome: 'wall-clock-limit',
    success: false,
    exitCode: null,
    message: 'Hostile: \u001b[2J \u202e é 𝄞 "\'; DROP TABLE executions; --',
    reports: [
      { type: 'log', level: 'warning', message: '\ufeff\r\n\u001b[31m' },
      { type: 'metric', kind: 'gauge', name: 'a.b', value: -0.5, unit: '' },
      { type: 'result', status: 'critical', value: null, unit: 'ms', message: 'down' },
      { type: 'timing', name: '__proto__', nanoseconds: Number.MAX_SAFE_INTEGER },
    ],
    securityEvents: [
      { type: 'cpu-limit', severity: 'warning', time: 7, message: 'late', clock: 'wall', limitMs: 500 },
      { type: 'guest-killed', severity: 'high', time: 8, message: 'killed', step: 'sigkill', elapsedMs: 1.5 },
    ],
  })

  it('comes back as it was, also from a store that was closed in between', () => {
    const path = file()
    const first = open({}, path)
    const id = first.put(full, { ...META, name: 'probe 1' })
    const expected = {
      ...full,
      id,
      time: 1000,
      module: MODULE,
      name: 'probe 1',
      policy: 'default',
      probe: {
        status: 'critical',
        value: null,
        unit: 'ms',
        message: 'down',
        timings: [{ name: '__proto__', nanoseconds: Number.MAX_SAFE_INTEGER }],
      },
    }
    expect(first.get(id)).toEqual(expected)
    first.close()
    const again = open({}, path)
    expect(again.get(id)).toEqual(expected)
    expect(again.query().results).toEqual([expected])
    expect(again.get(id + 1)).toBeNull()
  })

  it('keeps nothing of what the guest printed or returned', () => {
    const store = open()
    const result = { ...kept(), stdout: new Uint8Array([1]), stderr: new Uint8Array([2]), values: [7n], changes: [] }
    expect(Object.keys(store.get(store.put(result, META))!)).not.toEqual(expect.arrayContaining(['stdout']))
  })

  it('names the module by its hash, given or made', () => {
    const store = open()
    const module = new Uint8Array([0, 0x61, 0x73, 0x6d])
    expect(store.get(store.put(kept(), { ...META, module }))!.module).toBe(createHash('sha256').update(module).digest('hex'))
    for (const wrong of ['', 'abc', 'AB'.repeat(32), 'zz'.repeat(32)])
      expect(() => store.put(kept(), { ...META, module: wrong })).toThrow(UsageError)
  })

  it('has the time of its end, now if nothing else is said', () => {
    const store = open()
    const before = Date.now()
    const { time } = store.get(store.put(kept(), { module: MODULE, policy: 'strict' }))!
    expect(time).toBeGreaterThanOrEqual(before)
    expect(time).toBeLessThanOrEqual(Date.now())
    for (const wrong of [-1, 1.5, Number.NaN]) expect(() => store.put(kept(), { ...META, time: wrong })).toThrow(UsageError)
  })

  it('lies in a file that only its owner can read', () => {
    const path = file()
    open({}, path).put(kept(), META)
    for (const end of ['', '-wal']) expect(statSync(path + end).mode & 0o077).toBe(0)
  })
})

describe('a query', () => {
  const other = 'cd'.repeat(32)
  const store = open()
  const ok = kept({ reports: [{ type: 'result', status: 'ok', value: 1, unit: '', message: '' }] })
  const trapped = kept({ outcome: 'trapped', success: false, exitCode: null, trap: 'unreachable' })
  const [a, b, c, d] = [
    store.put(ok, { ...META, time: 100 }),
    store.put(trapped, { ...META, time: 300 }),
    store.put(ok, { ...META, time: 200, module: other }),
    store.put(kept(), { ...META, time: 300, module: other }),
  ]

  it('answers newest first, and of one moment the last first', () => {
    expect(ids(store)).toEqual([d, b, c, a])
  })

  it.each([
    ['module', { module: other }, [d, c]],
    ['outcome', { outcome: 'trapped' }, [b]],
    ['status', { status: 'ok' }, [c, a]],
    ['time, from inclusive', { from: 200 }, [d, b, c]],
    ['time, to exclusive', { to: 300 }, [c, a]],
    ['all of them', { module: other, outcome: 'completed', status: 'ok', from: 200, to: 201 }, [c]],
    ['a module that is none', { module: "' OR 1=1 --" }, []],
  ] as [string, ResultQuery, number[]][])('finds by %s', (_, query, expected) => {
    expect(ids(store, query)).toEqual(expected)
  })

  it('goes on where it stopped, whatever was added or removed meanwhile', () => {
    const changing = open({ retention: { maxCount: 5 } })
    const put = (time: number) => changing.put(kept(), { ...META, time })
    const all = [1, 1, 2, 2, 2].map(put)
    const first = changing.query({ limit: 2 })
    expect(first.results.map(({ id }) => id)).toEqual([all[4], all[3]])
    put(3)
    changing.prune()
    const second = changing.query({ limit: 2, cursor: first.next! })
    expect(second.results.map(({ id }) => id)).toEqual([all[2], all[1]])
    expect(second.next).toBeNull()
  })

  it('says that there is no more when the last page is full', () => {
    expect(store.query({ limit: 4 }).next).toBeNull()
    expect(store.query({ limit: 3 }).next).not.toBeNull()
  })

  it.each([{ limit: 0 }, { limit: 1001 }, { limit: 1.5 }, { cursor: '' }, { cursor: '1' }, { cursor: '1.2; DROP' }])(
    'refuses %j',
    (query) => {
      expect(() => store.query(query)).toThrow(UsageError)
    },
  )
})

describe('retention', () => {
  it('removes what is older, with its events, and gives no number out again', () => {
    const path = file()
    const age = 1e13
    const store = open({ retention: { maxAgeMs: age } }, path)
    const event = { type: 'audit-failed', severity: 'high', time: 1, message: 'x' } as const
    const old = store.put(kept({ securityEvents: [event] }), { ...META, time: 1000 })
    const young = store.put(kept({ securityEvents: [event] }), { ...META, time: 2000 })
    expect(store.prune(age + 1000)).toBe(0)
    expect(store.prune(age + 1001)).toBe(1)
    expect([store.get(old), store.get(young)?.securityEvents]).toEqual([null, [event]])
    const raw = new DatabaseSync(path, { readOnly: true })
    expect(raw.prepare('SELECT count(*) AS n FROM security_events').get()).toEqual({ n: 1 })
    raw.close()
    store.prune(2 * age)
    expect(store.put(kept(), META)).toBeGreaterThan(young)
  })

  it('keeps the newest by time, however they came in', () => {
    const store = open({ retention: { maxCount: 2 } })
    const [, b, c] = [5, 30, 20].map((time) => store.put(kept(), { ...META, time }))
    expect(store.prune()).toBe(1)
    expect(ids(store)).toEqual([b, c])
  })

  it('happens by itself with every hundredth record', () => {
    const store = open({ retention: { maxCount: 10 } })
    for (let time = 0; time < 201; time++) store.put(kept(), { ...META, time })
    expect(ids(store, { limit: 1000 })).toHaveLength(10)
    expect(store.query({ limit: 1 }).results[0]!.time).toBe(200)
  })

  it('keeps everything unless told otherwise', () => {
    const store = open()
    for (let time = 0; time < 120; time++) store.put(kept(), { ...META, time })
    expect(store.prune()).toBe(0)
    expect(ids(store, { limit: 1000 })).toHaveLength(120)
  })

  it.each([{ retention: { maxCount: -1 } }, { retention: { maxAgeMs: 1.5 } }, { busyTimeoutMs: Number.NaN }, { maxBytes: -5 }])(
    'options that make no sense are refused: %j',
    (options) => {
      expect(() => ResultStore.open(file(), options)).toThrow(UsageError)
    },
  )
})
