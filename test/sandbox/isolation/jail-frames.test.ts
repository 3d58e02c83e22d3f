// The frames that a jail may send: what is valid is understood, and what differs from it in one place is refused.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ABI } from '../../../src/sandbox/host/abi/index.ts'
import { FRAME, ProtocolError } from '../../../src/sandbox/isolation/frames.ts'
import { decodeJailFrame } from '../../../src/sandbox/isolation/jail-frames.ts'
import { toWire } from '../../../src/sandbox/isolation/wire.ts'

const payload = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const decode = (type: number, value: unknown) => decodeJailFrame({ type, payload: payload(value) })
const ending = (value: unknown) => ({ ending: value, memoryBytes: 65_536, hostCalls: 3, counts: null })
const blocked = { type: 'syscall-blocked', severity: 'high', message: 'm', hostCall: 'fd_write', capability: 'stdio' }
const suspicious = { type: 'suspicious-behaviour', severity: 'warning', message: 'm', what: 'w' }

type Valid = readonly [what: string, type: number, value: Record<string, unknown>, decoded: unknown]
const VALID: readonly Valid[] = [
  ['ready', FRAME.ready, { node: 'v24' }, { kind: 'ready', probe: { node: 'v24' } }],
  ...(
    [
      [
        {
          kind: 'returned',
          values: [
            ['f', '1.5'],
            ['i', '-7'],
          ],
        },
        { kind: 'returned', values: [1.5, -7n] },
      ],
      [{ kind: 'exited', code: 2 ** 32 - 1 }],
      [{ kind: 'trapped', trap: 'unreachable' }],
      [{ kind: 'uncaught-exception' }],
      [{ kind: 'output-limit' }],
      [{ kind: 'host-call-limit' }],
      [{ kind: 'stopped' }],
      [{ kind: 'out-of-memory' }],
      [{ kind: 'engine-refused', detail: 'd' }],
      [{ kind: 'fault', detail: '' }],
    ] as const
  ).map(
    ([sent, read = sent]): Valid => [`ending: ${sent.kind}`, FRAME.ending, ending(sent), { kind: 'ending', ...ending(read) }],
  ),
  ['event: syscall-blocked', FRAME.event, blocked, { kind: 'event', event: blocked }],
  [
    'event: no capability',
    FRAME.event,
    { ...blocked, capability: null },
    { kind: 'event', event: { ...blocked, capability: null } },
  ],
  ['event: suspicious-behaviour', FRAME.event, suspicious, { kind: 'event', event: suspicious }],
  ...(
    [
      { type: 'syscall-logged', severity: 'info', message: 'm', hostCall: 'fd_write', errno: 'badf' },
      { type: 'file-access', severity: 'high', message: 'm', hostCall: 'path_open', allowed: false, object: '"/x"' },
      { type: 'file-access', severity: 'high', message: 'm', hostCall: 'path_open', allowed: true, object: null },
      { type: 'quota-exceeded', severity: 'warning', message: 'm', quota: 'inodes', limit: 3 },
    ] as const
  ).map((event): Valid => [`event: ${event.type}`, FRAME.event, event, { kind: 'event', event }]),
  ...(
    [
      { type: 'log', level: 'error', message: 'm' },
      { type: 'metric', kind: 'gauge', name: 'n', value: -1.5, unit: 'ms' },
      { type: 'result', status: 'critical', value: 3, unit: '', message: 'm' },
      { type: 'result', status: 'ok', value: null, unit: '', message: 'm' },
      { type: 'timing', name: 'n', nanoseconds: 5 },
    ] as const
  ).map((report): Valid => [`report: ${report.type}`, FRAME.report, report, { kind: 'report', report }]),
  ['usage', FRAME.usage, { cpuMicros: 1, residentBytes: 2 }, { kind: 'usage', cpuMicros: 1, residentBytes: 2 }],
  ['cell gone', FRAME.cellGone, {}, { kind: 'cell-gone' }],
  ['cell ready', FRAME.cellReady, {}, { kind: 'cell-ready' }],
  ['cell failed', FRAME.cellFailed, { code: 'E' }, { kind: 'cell-failed', code: 'E' }],
]

/** Changes that make a frame another valid one. */
const HARMLESS: ReadonlyMap<string, readonly object[]> = new Map([
  ['event: file-access', [{ object: null }]],
  ['report: log', [{ message: 'x'.repeat(5000) }]],
  ['report: metric', [{ value: -1 }, { value: 2 ** 60 }]],
  ['report: result', [{ value: -1 }, { value: 2 ** 60 }, { value: null }]],
])

/** Everything that `value` becomes by one change somewhere in it: a key gone, a key too many, a value of another kind. */
function* mutations(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) for (const changed of mutations(item)) yield value.with(i, changed)
    yield { ...value }
  } else if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value)
    yield { ...value, extra: 1 }
    yield JSON.parse(`${JSON.stringify(value).slice(0, -1)}${entries.length > 0 ? ',' : ''}"__proto__":{}}`)
    for (const [key, item] of entries) {
      yield Object.fromEntries(entries.filter(([other]) => other !== key))
      for (const changed of mutations(item)) yield { ...value, [key]: changed }
    }
    yield [value]
  } else if (typeof value === 'string') {
    yield* [5, null, {}, 'x'.repeat(5000)]
  } else if (typeof value === 'number') {
    yield* [-1, '1', null, 2 ** 60]
  }
}

describe.each(VALID)('%s', (what, type, value, decoded) => {
  it('is understood', () => expect(decode(type, value)).toEqual(decoded))

  it('with any one change is refused', () => {
    for (const changed of mutations(value)) {
      // A record of texts has no keys of its own; the only harmless change.
      const text = JSON.stringify(changed)
      if (what === 'ready' && (text === '{}' || text === '{"node":"v24","__proto__":{}}')) continue
      if (what === 'event: syscall-blocked' && text === JSON.stringify({ ...blocked, capability: null })) continue
      // Texts may be long, measured values negative, and objects and values absent.
      if (HARMLESS.get(what)?.some((keys) => text === JSON.stringify({ ...value, ...keys }))) continue
      expect(() => decode(type, changed), text).toThrow(ProtocolError)
    }
  })

  it.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['two values', '{}{}'],
    ['null', 'null'],
    ['a number', '1'],
  ])('with %s for a payload is refused', (_, text) => {
    expect(() => decodeJailFrame({ type, payload: new TextEncoder().encode(text) })).toThrow(ProtocolError)
  })

  it('with bytes that are no UTF-8 is refused', () => {
    expect(() => decodeJailFrame({ type, payload: Uint8Array.of(0x22, 0xff, 0x22) })).toThrow('holds no JSON')
  })
})

describe('output', () => {
  it('is taken as it is', () => {
    const bytes = Uint8Array.of(0, 255)
    expect(decodeJailFrame({ type: FRAME.stdout, payload: bytes })).toEqual({ kind: 'output', stream: 'stdout', bytes })
    expect(decodeJailFrame({ type: FRAME.stderr, payload: bytes })).toEqual({ kind: 'output', stream: 'stderr', bytes })
  })
})

describe('frame types', () => {
  it('that only a host sends, or nobody, are refused', () => {
    const known = new Set<number>([FRAME.stdout, FRAME.stderr, FRAME.image, ...VALID.map(([, type]) => type)])
    for (let type = 0; type < 256; type++)
      if (!known.has(type)) expect(() => decode(type, {}), String(type)).toThrow(ProtocolError)
  })
})

describe('counts of host calls', () => {
  const counts = (calls: unknown, handles: unknown = { open: 3, peak: 4 }) =>
    decode(FRAME.ending, { ...ending({ kind: 'stopped' }), counts: { calls, handles, fuel: null, refusedGrows: 0 } })

  it('are understood, by their places in the table', () => {
    const calls = [
      [0, 1, 2, 3],
      [ABI.length - 1, 2 ** 53 - 1, 0, 0],
    ]
    expect(counts(calls)).toMatchObject({ counts: { calls, handles: { open: 3, peak: 4 } } })
    expect(counts([])).toMatchObject({ counts: { calls: [] } })
  })

  it.each([
    ['a call that there is not', [[ABI.length, 1, 0, 0]]],
    ['a name', [['fd_write', 1, 0, 0]]],
    ['a name that every object has', [['__proto__', 1, 0, 0]]],
    ['a fraction', [[0.5, 1, 0, 0]]],
    ['a negative count', [[0, -1, 0, 0]]],
    ['a count that is not exact', [[0, 2 ** 53, 0, 0]]],
    ['too few numbers', [[0, 1, 0]]],
    ['too many numbers', [[0, 1, 0, 0, 0]]],
    [
      'one call twice',
      [
        [0, 1, 0, 0],
        [0, 1, 0, 0],
      ],
    ],
    [
      'calls out of order',
      [
        [1, 1, 0, 0],
        [0, 1, 0, 0],
      ],
    ],
    ['more calls than there are', Array.from({ length: ABI.length + 1 }, (_, index) => [index, 1, 0, 0])],
    ['no list', {}],
    ['no rows', [null]],
  ])('%s is refused', (_, calls) => {
    expect(() => counts(calls)).toThrow(ProtocolError)
  })

  it.each([[{ open: 3 }], [{ open: 3, peak: -1 }], [{ open: 3, peak: 4, more: 1 }], [null]])(
    'handles as %j are refused',
    (handles) => {
      expect(() => counts([], handles)).toThrow(ProtocolError)
    },
  )
})

describe('numbers', () => {
  const values = (...list: unknown[]) => decode(FRAME.ending, ending({ kind: 'returned', values: list }))

  it('all that a jail writes are understood', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), (value) => {
        const frame = values(toWire(value))
        const back = frame.kind === 'ending' && frame.ending.kind === 'returned' ? frame.ending.values[0] : undefined
        expect(Object.is(back, value)).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })

  it.each([
    ['f', ''],
    ['f', ' 1'],
    ['f', '0x10'],
    ['f', '1e5'],
    ['f', '.'],
    ['f', '--1'],
    ['f', 'nan'],
    ['i', '1.5'],
    ['i', 'NaN'],
    ['i', '1n'],
    ['i', ''],
    ['x', '1'],
  ])('%s %j is refused', (kind, text) => {
    expect(() => values([kind, text])).toThrow(ProtocolError)
  })

  it('more than 1,000 are refused', () => {
    const one = ['f', '1']
    expect(() => values(...Array.from({ length: 1000 }, () => one))).not.toThrow()
    expect(() => values(...Array.from({ length: 1001 }, () => one))).toThrow(ProtocolError)
  })

  // With unbounded quantifiers this takes a quadratic number of steps, which would be the better part of an hour: the test would not end.
  it('a megabyte of digits is refused without a search', () => {
    for (const text of [`${'1'.repeat(1_000_000)}x`, '1'.repeat(1_000_000), `1.${'1'.repeat(1_000_000)}e`])
      for (const kind of ['f', 'i']) expect(() => values([kind, text])).toThrow(ProtocolError)
  })
})

describe('a change', () => {
  const frame = (head: unknown, bytes: readonly number[] = []) => {
    const json = payload(head)
    const whole = new Uint8Array(4 + json.length + bytes.length)
    new DataView(whole.buffer).setUint32(0, json.length, true)
    whole.set(json, 4)
    whole.set(bytes, 4 + json.length)
    return { type: FRAME.change, payload: whole }
  }

  it.each([
    [
      frame({ type: 'file', path: '/a/b', more: false }, [1, 2]),
      { type: 'file', path: '/a/b', more: false, bytes: Uint8Array.of(1, 2) },
    ],
    [frame({ type: 'directory', path: '/d' }), { type: 'directory', path: '/d' }],
    [frame({ type: 'removed', path: '/é' }), { type: 'removed', path: '/é' }],
    [frame({ type: 'symlink', path: '/l', target: '../x' }), { type: 'symlink', path: '/l', target: '../x' }],
  ])('%#', (sent, change) => {
    expect(decodeJailFrame(sent)).toEqual({ kind: 'change', change })
  })

  it.each([
    ['a relative path', frame({ type: 'directory', path: 'd' })],
    ['the root', frame({ type: 'directory', path: '/' })],
    ['dots', frame({ type: 'file', path: '/a/../b', more: false })],
    ['one dot', frame({ type: 'file', path: '/.', more: false })],
    ['an empty name', frame({ type: 'file', path: '/a//b', more: false })],
    ['a NUL', frame({ type: 'file', path: '/a\0', more: false })],
    ['a slash at the end', frame({ type: 'directory', path: '/a/' })],
    ['bytes where none belong', frame({ type: 'directory', path: '/a' }, [1])],
    ['another type', frame({ type: 'device', path: '/a' })],
    ['a key too many', frame({ type: 'removed', path: '/a', target: 'b' })],
    ['no target', frame({ type: 'symlink', path: '/a' })],
    ['a length beyond its end', { type: FRAME.change, payload: Uint8Array.of(200, 0, 0, 0) }],
    ['no header', { type: FRAME.change, payload: Uint8Array.of(1) }],
  ])('with %s is refused', (_, sent) => {
    expect(() => decodeJailFrame(sent)).toThrow(ProtocolError)
  })
})
