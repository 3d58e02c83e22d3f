// Generators of what a broken layer says to the one around it, and of objects that are thrown where somebody formats them (HST-01 to HST-14, CTL-16).
import fc from 'fast-check'
import { type Draft, exits, type Generator, generator } from './generator.ts'

const FOREVER = '(module (func (export "_start") (loop $for_ever (br $for_ever))))'
const QUIET = '(module (func (export "_start")))'
const LOST = { outcomes: ['terminated' as const], details: ['jail-lost'], events: ['suspicious-behaviour'], effects: [] }

/** Frames that a jail may send, by their type byte, with contents that are right. */
const FRAMES: Readonly<Record<string, { readonly type: number; readonly value: Readonly<Record<string, unknown>> }>> = {
  ending: { type: 0x82, value: { ending: { kind: 'exited', code: 0 }, memoryBytes: 0, hostCalls: 0, counts: null } },
  event: { type: 0x85, value: { type: 'quota-exceeded', severity: 'warning', message: 'x', quota: 'handles', limit: 5 } },
  usage: { type: 0x86, value: { cpuMicros: 1, residentBytes: 1 } },
  report: { type: 0x8b, value: { type: 'log', level: 'info', message: 'x' } },
}
/** In place of a value, none of which any field has: not even what JSON makes of it. */
const WRONG: readonly unknown[] = [null, true, [], {}, [[]], { toString: 'x' }, -1, -0.5, 1e300, { length: 1 }, { then: 'x' }]
const RAW = ['', '{', 'null', '[]', '""', '0', '{"a":1}{"a":1}', '\ufeff{}', 'NaN', "{'a':1}", '\\xff'] as const
/** Types that no jail sends: those of the host's own frames, and those that there are not. */
const UNKNOWN = [0x00, 0x01, 0x02, 0x05, 0x7f, 0x80, 0x8d, 0x90, 0xaa, 0xff] as const

type Broken = { readonly type: number; readonly payload: string }
const field = (value: Readonly<Record<string, unknown>>) => fc.constantFrom(...Object.keys(value))
const brokenFrame: fc.Arbitrary<Broken> = fc.constantFrom(...Object.values(FRAMES)).chain(({ type, value }) =>
  fc.oneof(
    // A key more, also one that reaches into prototypes; written as text, because no literal has such a key of its own.
    fc
      .constantFrom('__proto__', 'constructor', 'extra', 'toJSON', '')
      .map((key) => ({ type, payload: JSON.stringify(value).replace('{', `{${JSON.stringify(key)}:1,`) })),
    field(value).map((key) => ({
      type,
      payload: JSON.stringify(Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))),
    })),
    fc
      .tuple(field(value), fc.constantFrom(...WRONG))
      // Counts may be null where there is no guest, and a number may be any that is not negative.
      .filter(
        ([key, wrong]) =>
          !(key === 'counts' && wrong === null) && !(typeof value[key] === 'number' && wrong === 1e300 && key === 'nothing'),
      )
      .map(([key, wrong]) => ({ type, payload: JSON.stringify({ ...value, [key]: wrong }) })),
    fc.constantFrom(...RAW).map((payload) => ({ type, payload })),
    fc.constantFrom(...UNKNOWN).map((unknown) => ({ type: unknown, payload: JSON.stringify(value) })),
  ),
)
const send = ({ type, payload }: Broken) => `process.stdout.write(frame(${type}, ${JSON.stringify(payload)}))`
const HONEST_END: Broken = { type: 0x82, payload: JSON.stringify(FRAMES['ending']!.value) }

const brokenFrames = generator({
  name: 'frames-of-a-broken-jail',
  family: 'messages',
  threats: ['HST-09', 'HST-07', 'OUT-11'],
  provenance: 'laverdet/isolated-vm README (what a worker sends is an attack surface); CWE-1321, CWE-502',
  drafts: fc.record({ broken: brokenFrame, before: fc.nat({ max: 3 }) }).map(({ broken, before }): Draft => {
    // Honest ones first, so that what follows is read by a host that has begun to trust.
    const honest = Array.from({ length: before }, () =>
      send({ type: FRAMES['usage']!.type, payload: JSON.stringify(FRAMES['usage']!.value) }),
    )
    return {
      title: `A frame of type ${broken.type}: ${broken.payload.slice(0, 90)}`,
      attack: { wat: FOREVER, run: { breach: { layer: 'jail', script: [...honest, send(broken)].join('\n') } }, expect: LOST },
      twin: {
        wat: FOREVER,
        run: { breach: { layer: 'jail', script: [...honest, send(HONEST_END)].join('\n') } },
        expect: exits(0),
      },
    }
  }),
})

/** As they stand in a script: what structured clone can carry and JSON turns into something else than text. */
const CLONEABLE = [
  'undefined',
  'null',
  '1',
  '1e400',
  'true',
  '[]',
  '["x"]',
  '{}',
  'new Map([["a", 1]])',
  'new Set([1])',
  'new Error("x")',
  'new Uint8Array(4)',
  '/x/',
  '{ toString: "x", length: 0 }',
  'Object.create({ inherited: "x" })',
  '"x".repeat(5000)',
] as const
const EVENT = { type: "'suspicious-behaviour'", severity: "'info'", message: "'x'", what: "'x'" } as const
const cellMessages = generator({
  name: 'messages-of-a-broken-cell',
  family: 'messages',
  threats: ['HST-07', 'HST-09'],
  provenance:
    'GHSA-55hx-c926-fr95, GHSA-grj5-jjm8-h35p and GHSA-mpf8-4hx2-7cjg (vm2, objects crossed within errors, arrays and promises)',
  drafts: fc
    .record({ key: fc.constantFrom(...(Object.keys(EVENT) as (keyof typeof EVENT)[])), value: fc.constantFrom(...CLONEABLE) })
    .map(({ key, value }): Draft => {
      const script = (event: Readonly<Record<string, string>>) =>
        `parentPort.postMessage({ type: 'event', event: { ${Object.entries(event)
          .map((pair) => pair.join(': '))
          .join(', ')} } })`
      return {
        title: `An event of a cell whose ${key} is ${value}`,
        attack: { wat: QUIET, run: { breach: { layer: 'cell', script: script({ ...EVENT, [key]: value }) } }, expect: LOST },
        twin: {
          wat: QUIET,
          run: { breach: { layer: 'cell', script: script(EVENT) } },
          expect: { outcomes: ['completed'], events: ['suspicious-behaviour'] },
        },
      }
    }),
})

/** Objects that bring down whoever formats them: as expressions of a script. */
const THROWN: readonly string[] = [
  'undefined',
  'null',
  '0n',
  "Symbol('x')",
  'Object.create(null)',
  '{ get message() { throw 1 } }',
  '{ get stack() { throw 1 } }',
  'new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 1 } })',
  'new Proxy(function () {}, { apply() { throw 1 } })',
  "Object.assign(new Error('x'), { toString: null, stack: 7, name: {} })",
  "new Error('x', { cause: Object.create(null) })",
  "new AggregateError([null, undefined, new Proxy({}, { get() { throw 1 } })], 'x')",
  "Object.defineProperty(new Error('x'), 'stack', { get() { throw 1 } })",
  "(() => { const e = new Error('x'); e.cause = e; return e })()",
  "new Error('\\u001b[31m' + 'x'.repeat(100_000))",
  'new WebAssembly.RuntimeError()',
  "new DOMException('x', 'AbortError')",
  '{ then(resolve) { throw 1 } }',
  '(() => { const a = []; a[0] = a; return a })()',
]
const WAYS: Readonly<Record<string, (thrown: string) => string>> = {
  'thrown in a timer': (thrown) => `setTimeout(() => { throw ${thrown} }, 1)`,
  'thrown at once': (thrown) => `throw ${thrown}`,
  'a rejection that nobody handles': (thrown) => `Promise.reject(${thrown})`,
  'an error event of the process': (thrown) => `process.emit('uncaughtException', ${thrown})`,
  'thrown by what the language calls': (thrown) =>
    `Error.prepareStackTrace = () => { throw ${thrown} }; setTimeout(() => { null.x }, 1)`,
}
const thrownObjects = generator({
  name: 'thrown-objects',
  family: 'messages',
  threats: ['HST-08', 'HST-07', 'CTL-16'],
  provenance: 'GHSA-2f8r-ppr9-ff8f (Deno) and GHSA-hw58-p9xv-2mjh: hosts that die of formatting an odd error',
  drafts: fc
    .record({
      thrown: fc.constantFrom(...THROWN),
      way: fc.constantFrom(...Object.keys(WAYS)),
      layer: fc.constantFrom('cell' as const, 'jail' as const),
    })
    .map(
      ({ thrown, way, layer }): Draft => ({
        title: `${thrown.slice(0, 80)}, ${way}, in a ${layer}`,
        attack: {
          wat: QUIET,
          run: { breach: { layer, script: WAYS[way]!(thrown) } },
          // Whether the layer outlives it is its own affair; the host does, and says how the run ended.
          expect: { outcomes: ['completed', 'terminated', 'refused', 'trapped'] },
        },
        twin: {
          wat: QUIET,
          run: { breach: { layer, script: "return 'honest'" } },
          expect: { outcomes: ['completed'], stdout: 'honest' },
        },
      }),
    ),
})

/** Exceptions of the guest that nobody catches, with whatever a tag can carry. */
const VALUES: Readonly<Record<string, string>> = {
  i32: '(i32.const 13)',
  i64: '(i64.const -1)',
  f64: '(f64.const nan:0x4000000000001)',
  f32: '(f32.const -0)',
  externref: '(ref.null extern)',
  funcref: '(ref.func $self)',
}
const guestExceptions = generator({
  name: 'exceptions-of-the-guest',
  family: 'messages',
  threats: ['HST-08', 'HST-06', 'CTL-16', 'LNK-12'],
  provenance: 'JS API, WebAssembly.Exception has no message and need not have a stack; GHSA-2f8r-ppr9-ff8f (Deno)',
  drafts: fc
    .record({
      types: fc.array(fc.constantFrom(...Object.keys(VALUES)), { maxLength: 20 }),
      depth: fc.nat({ max: 50 }),
      inStart: fc.boolean(),
      rethrown: fc.boolean(),
    })
    .map(({ types, depth, inStart, rethrown }): Draft => {
      const values = types.map((type) => VALUES[type]!).join(' ')
      const thrown = `(throw $odd ${values})`
      const inner = rethrown ? `(try $t (do ${thrown}) (catch_all (rethrow $t)))` : thrown
      const chain = Array.from({ length: depth }, (_, i) => `(func $d${i + 1} (call $d${i}))`).join('\n')
      const drops = types.map(() => '(drop)').join(' ')
      const wat = (body: string, start: boolean) => `(module (tag $odd ${types.length > 0 ? `(param ${types.join(' ')})` : ''})
        (elem declare func $self) (func $self) (func $d0 ${body}) ${chain}
        ${start ? `(func $start (call $d${depth})) (start $start)` : ''}
        (func (export "run") (result i32) (call $d${depth}) (i32.const 42)))`
      return {
        title: `An exception with ${types.join(', ') || 'nothing'}, from ${depth} frames down${inStart ? ' in the start function' : ''}`,
        attack: { wat: wat(inner, inStart), expect: { outcomes: ['trapped'], details: ['uncaught-exception'] } },
        twin: {
          wat: wat(`(try (do ${thrown}) (catch $odd ${drops}))`, inStart),
          expect: { outcomes: ['completed'], values: ['42'] },
        },
      }
    }),
})

export const messageGenerators: readonly Generator[] = [brokenFrames, cellMessages, thrownObjects, guestExceptions]
