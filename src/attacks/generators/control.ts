// Generators of guests that try to outlive their end: handlers around exits, traps and denials, and stacks that run out (CTL-01 to CTL-11).
import fc from 'fast-check'
import { GRANTED_CALLS } from '../granted.ts'
import { type Draft, exits, type Generator, generator } from './generator.ts'
import { importsOf } from './guest.ts'
import { callWith, honest } from './values.ts'

const WASI = `
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))`
/** Writes SURVIVED, which no expectation allows. */
const SPEAK = `
  (memory (export "memory") 1)
  (data (i32.const 0) "\\10\\00\\00\\00\\09\\00\\00\\00")
  (data (i32.const 16) "SURVIVED\\n")
  (func $speak (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))`

/** Code inside handlers of both proposals, the outermost first. */
const wrap = (code: string, handlers: readonly ('try' | 'try_table')[]) =>
  handlers.reduceRight(
    (inner, handler, i) =>
      handler === 'try' ? `(try (do ${inner}) (catch_all))` : `(block $h${i} (try_table (catch_all $h${i}) ${inner}))`,
    code,
  )

/** A module whose entry runs `inner` under handlers on every frame of a chain of calls, or in the start function, and then goes on. */
function stubborn(shape: Shape, inner: string): string {
  const chain = Array.from(
    { length: shape.depth },
    (_, i) => `(func $d${i + 1} ${wrap(`(call $d${i})`, shape.handlers)} (call $speak))`,
  )
  const top = `$d${shape.depth}`
  const entry = shape.inStart
    ? `(func $start (call ${top})) (start $start) (func (export "run") (call $speak))`
    : `(func (export "run") (call ${top}) (call $speak))`
  return `(module ${WASI} (type $plain (func)) (tag $own) (table 1 funcref) ${SPEAK}
    (func $d0 ${wrap(inner, shape.handlers)} (call $speak))
    ${chain.join('\n')}
    ${entry})`
}
interface Shape {
  readonly depth: number
  readonly handlers: readonly ('try' | 'try_table')[]
  readonly inStart: boolean
}
const shape: fc.Arbitrary<Shape> = fc.record({
  depth: fc.nat({ max: 6 }),
  handlers: fc.array(fc.constantFrom('try' as const, 'try_table' as const), { minLength: 1, maxLength: 4 }),
  inStart: fc.boolean(),
})
const describe = ({ depth, handlers, inStart }: Shape) =>
  `under ${handlers.join(' in ')} on ${depth + 1} frames${inStart ? ' of the start function' : ''}`

/** The twin of all of these: the guest's own exception is caught in the same place, and what follows is allowed. */
const caught = (shape: Shape) => stubborn({ ...shape, inStart: false }, '(throw $own)').replaceAll('SURVIVED', 'allowed!')
const saysAllowed = (depth: number) => ({ outcomes: ['completed' as const], stdout: 'allowed!\n'.repeat(depth + 2) })

const swallowedExits = generator({
  name: 'swallowed-exits',
  family: 'handlers',
  threats: ['CTL-01', 'CTL-11', 'LNK-12'],
  provenance: 'measured on Node 20, 22, 24 and 26: catch_all and try_table catch what an import throws',
  drafts: fc.record({ shape, code: fc.integer({ min: 0, max: 125 }) }).map(
    ({ shape, code }): Draft => ({
      title: `proc_exit(${code}) ${describe(shape)}`,
      attack: {
        wat: stubborn(shape, `(call $proc_exit (i32.const ${code}))`),
        expect: { ...exits(code, ''), forbidden: ['SURVIVED'] },
      },
      twin: { wat: caught(shape), expect: saysAllowed(shape.depth) },
    }),
  ),
})

/** Instructions that trap, one for each kind of trap in the core specification. */
const TRAPS: Readonly<Record<string, string>> = {
  unreachable: '(unreachable)',
  'division by zero': '(drop (i32.div_s (i32.const 1) (i32.const 0)))',
  'integer overflow': '(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))',
  'invalid conversion': '(drop (i32.trunc_f64_s (f64.const nan)))',
  'memory out of bounds': '(drop (i64.load (i32.const 65530)))',
  'memory.fill out of bounds': '(memory.fill (i32.const 65530) (i32.const 0) (i32.const 100))',
  'table out of bounds': '(call_indirect (type $plain) (i32.const 7))',
  'null function': '(call_indirect (type $plain) (i32.const 0))',
}
const swallowedTraps = generator({
  name: 'swallowed-traps',
  family: 'handlers',
  threats: ['CTL-10', 'CTL-02', 'CTL-01'],
  provenance: 'exception-handling proposal: no clause catches a trap; Envoy-wasm#463 for what follows a trap',
  drafts: fc.record({ shape, trap: fc.constantFrom(...Object.keys(TRAPS)) }).map(
    ({ shape, trap }): Draft => ({
      title: `${trap} ${describe(shape)}`,
      attack: {
        wat: stubborn(shape, `(drop (call $sched_yield)) ${TRAPS[trap]}`),
        expect: { outcomes: ['trapped'], details: ['trapped'], stdout: '', forbidden: ['SURVIVED'] },
      },
      twin: { wat: caught(shape), expect: saysAllowed(shape.depth) },
    }),
  ),
})

/** Host calls that go deeper and deeper into the host's own code. */
const HOST_CALLS: Readonly<Record<string, string>> = {
  sched_yield: '(drop (call $sched_yield))',
  'fd_write of nothing': '(drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 0) (i32.const 16)))',
  'fd_write of a buffer': '(drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))',
  'fd_write that fails': '(drop (call $fd_write (i32.const 9) (i32.const -1) (i32.const 1) (i32.const 16)))',
}
const recursion = generator({
  name: 'stack-exhaustion',
  family: 'handlers',
  threats: ['CTL-04'],
  provenance: 'core specification 7.2; CVE-2025-59466, GHSA-q8hx-mm92-4wvg',
  drafts: fc
    .record({
      locals: fc.constantFrom(0, 1, 20, 400),
      indirect: fc.boolean(),
      handler: fc.boolean(),
      /** Every so many frames a host call, or none. */
      hostCallEvery: fc.constantFrom(0, 0, 1, 7),
      hostCall: fc.constantFrom(...Object.keys(HOST_CALLS)),
      depth: fc.integer({ min: 1, max: 60 }),
    })
    .map(({ locals, indirect, handler, hostCallEvery, hostCall, depth }): Draft => {
      const wat = (
        limit: string,
      ) => `(module ${WASI} (tag $own) (memory (export "memory") 1) (type $down (func (param i32) (result i32))) (table funcref (elem $down))
        (func $down (export "run") (type $down) (local $kept i32) ${'(local i64)'.repeat(locals)}
          (if ${limit} (then (return (i32.const 0))))
          ${hostCallEvery ? `(if (i32.eqz (i32.rem_u (local.get 0) (i32.const ${hostCallEvery}))) (then ${HOST_CALLS[hostCall]}))` : ''}
          ${wrap(`(local.set $kept ${indirect ? '(call_indirect (type $down) (i32.add (local.get 0) (i32.const 1)) (i32.const 0))' : '(call $down (i32.add (local.get 0) (i32.const 1)))'})`, handler ? ['try'] : [])}
          (i32.add (local.get $kept) (i32.const 1))))`
      const run = { calls: [{ call: 'run', args: [0] }] }
      return {
        title: `Endless recursion${indirect ? ' through a table' : ''} with ${locals} locals${hostCallEvery ? `, with ${hostCall}` : ''}`,
        attack: { wat: wat('(i32.const 0)'), run, expect: { outcomes: ['trapped'], details: ['trapped'] } },
        twin: {
          wat: wat(`(i32.eq (local.get 0) (i32.const ${depth}))`),
          run,
          expect: { outcomes: ['completed'], values: [String(depth)] },
        },
      }
    }),
})

/** Output until the limit ends the guest, under handlers; whatever runs on afterwards must get nothing more from the host. */
const swallowedKills = generator({
  name: 'swallowed-kills',
  family: 'handlers',
  threats: ['CTL-01', 'CTL-02', 'WSI-17', 'LNK-12'],
  provenance: 'measured on Node 20, 22, 24 and 26: catch_all and try_table catch what an import throws, a limit included',
  drafts: fc.record({ shape, outputBytes: fc.integer({ min: 1, max: 7 }) }).map(
    ({ shape, outputBytes }): Draft => ({
      title: `Output over ${outputBytes} bytes ${describe(shape)}`,
      attack: {
        wat: stubborn(shape, '(call $speak)'),
        run: { limits: { outputBytes } },
        expect: { outcomes: ['limit'], details: ['output-limit'], forbidden: ['SURVIVED'] },
      },
      twin: { wat: caught(shape), expect: saysAllowed(shape.depth) },
    }),
  ),
})

/** Calls that succeed with honest arguments, and need nothing but what every guest has. */
const DENIABLE = GRANTED_CALLS.filter(({ name }) =>
  [
    'clock_time_get',
    'clock_res_get',
    'random_get',
    'args_sizes_get',
    'environ_sizes_get',
    'sched_yield',
    'fd_write',
    'fd_fdstat_get',
    'log_write',
    'metric_record',
    'crypto_hash',
    'result_timing',
  ].includes(name),
)
const NOTCAPABLE = 76
const CAUGHT = 0x5afe
const swallowedDenials = generator({
  name: 'swallowed-denials',
  family: 'handlers',
  threats: ['CTL-01', 'CTL-05', 'CTL-16', 'LNK-12'],
  provenance: 'hosts that throw where a call is denied: catch_all takes the exception, and in some the error object with it',
  drafts: fc
    .record({
      entry: fc.constantFrom(...DENIABLE),
      handlers: shape.map(({ handlers }) => handlers),
      times: fc.integer({ min: 1, max: 20 }),
      inStart: fc.boolean(),
    })
    .map(({ entry, handlers, times, inStart }): Draft => {
      const call = callWith(
        entry,
        entry.parameters.map((_, i) => honest(entry, i)),
      )
      // The answer is what the guest keeps: each must be that the call is not granted, and none an exception that it could catch.
      const tried = `(local.set $got (i32.const ${CAUGHT})) ${wrap(`(local.set $got ${call})`, handlers)}
        (if (i32.ne (local.get $got) (i32.const ${NOTCAPABLE})) (then (global.set $answer (local.get $got))))`
      const wat = `(module ${importsOf(entry.name)} (memory (export "memory") 1) (global $answer (mut i32) (i32.const ${NOTCAPABLE}))
        (func $try (local $got i32) (local $n i32)
          (loop $again ${tried}
            (local.set $n (i32.add (local.get $n) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $n) (i32.const ${times})))))
        ${inStart ? '(start $try)' : ''}
        (func (export "run") (result i32) (call $try) (i32.ne (global.get $answer) (i32.const ${NOTCAPABLE}))))`
      return {
        title: `${entry.name}, which the policy denies, ${times} times ${describe({ handlers, inStart, depth: 0 })}`,
        attack: {
          wat,
          run: { policy: { hostCalls: { deny: [entry.name] } } },
          expect: { outcomes: ['completed'], values: ['0'], events: ['syscall-blocked'] },
        },
        twin: { wat, expect: { outcomes: ['completed'], values: ['1'] } },
      }
    }),
})

export const controlGenerators: readonly Generator[] = [
  swallowedExits,
  swallowedTraps,
  swallowedKills,
  swallowedDenials,
  recursion,
]
