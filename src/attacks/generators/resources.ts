// Generators of guests that use up time, memory, tables and output (RES-01 to RES-10, CTL-14, WSI-17).
import fc from 'fast-check'
import { type Draft, exits, type Generator, generator, OUT_OF_TIME } from './generator.ts'

const importOf = (field: string, type: string) => `(import "wasi_snapshot_preview1" "${field}" (func $${field} ${type}))`
const MiB = 2 ** 20

/** What a loop does on each turn: its text, and the threat that it is about. */
const BURDENS: Readonly<Record<string, { readonly threat: string; readonly code: string }>> = {
  nothing: { threat: 'RES-01', code: '' },
  arithmetic: { threat: 'RES-01', code: '(local.set $n (i32.mul (i32.add (local.get $n) (i32.const 1)) (i32.const 31)))' },
  yield: { threat: 'WSI-14', code: '(drop (call $sched_yield))' },
  clock: { threat: 'RES-08', code: '(drop (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 8)))' },
  'an empty write': { threat: 'RES-08', code: '(drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 8)))' },
  'a refused call': {
    threat: 'RES-08',
    code: '(drop (call $fd_write (i32.const 77) (i32.const -1) (i32.const -1) (i32.const -1)))',
  },
  random: { threat: 'RES-05', code: '(drop (call $random_get (i32.const 0) (i32.const 1048576)))' },
  'memory.fill': { threat: 'RES-02', code: '(memory.fill (i32.const 0) (i32.const 1) (i32.const 16777216))' },
  'memory.copy': { threat: 'RES-02', code: '(memory.copy (i32.const 1) (i32.const 0) (i32.const 16777215))' },
  'memory.init': { threat: 'RES-02', code: '(memory.init $blob (i32.const 64) (i32.const 0) (i32.const 64))' },
  'memory.grow by nothing': { threat: 'RES-03', code: '(drop (memory.grow (i32.const 0)))' },
  'memory.grow refused': { threat: 'RES-03', code: '(drop (memory.grow (i32.const 65535)))' },
  'table.fill': { threat: 'RES-02', code: '(table.fill $t (i32.const 0) (ref.func $self) (i32.const 9000))' },
  'table.copy': { threat: 'RES-02', code: '(table.copy $t $t (i32.const 1) (i32.const 0) (i32.const 8999))' },
  'table.init': { threat: 'RES-02', code: '(table.init $t $refs (i32.const 0) (i32.const 0) (i32.const 2))' },
  'table.grow refused': { threat: 'RES-04', code: '(drop (table.grow $t (ref.null func) (i32.const 100000)))' },
  exceptions: { threat: 'RES-04', code: '(try (do (throw $own (i64.const 1))) (catch_all))' },
}
/** Ways to come back to the same place for ever, given what is done on each turn and the condition for going on. */
const LOOPS: Readonly<Record<string, (burden: string, goOn: string) => string>> = {
  loop: (burden, goOn) => `(func $body (local $n i32) (loop $again ${burden} (br_if $again ${goOn})))`,
  'branch table': (burden, goOn) =>
    `(func $body (local $n i32) (block $out (loop $again ${burden} (br_table $out $again ${goOn}))))`,
  'nested loops': (burden, goOn) => `(func $body (local $n i32) (loop $outer (loop $inner ${burden} (br_if $outer ${goOn}))))`,
  'tail call': (burden, goOn) => `(func $body (local $n i32) ${burden} (if ${goOn} (then (return_call $body))))`,
  'indirect tail call': (burden, goOn) =>
    `(func $body (type $plain) (local $n i32) ${burden} (if ${goOn} (then (return_call_indirect (type $plain) (i32.const 0)))))`,
  'handler in a loop': (burden, goOn) =>
    `(func $body (local $n i32) (loop $again (try (do ${burden} (throw $own (i64.const 2))) (catch_all (br_if $again ${goOn})))))`,
}

/** @param turns how often the burden is carried, or null for ever */
function looping(loop: string, burden: string, inStart: boolean, turns: number | null): string {
  const count = '(global.set $turns (i32.add (global.get $turns) (i32.const 1)))'
  const goOn = turns === null ? '(i32.const 1)' : `(i32.lt_u (global.get $turns) (i32.const ${turns}))`
  const entry = inStart ? '(start $body) (func (export "run"))' : '(func (export "run") (call $body))'
  return `(module
    ${importOf('sched_yield', '(result i32)')} ${importOf('clock_time_get', '(param i32 i64 i32) (result i32)')}
    ${importOf('fd_write', '(param i32 i32 i32 i32) (result i32)')} ${importOf('random_get', '(param i32 i32) (result i32)')}
    (type $plain (func)) (tag $own (param i64)) (memory (export "memory") 256 256) (global $turns (mut i32) (i32.const 0))
    (table $calls funcref (elem $body)) (table $t 9000 9000 funcref) (elem $refs func $self $body) (data $blob "${'x'.repeat(64)}")
    (func $self)
    ${LOOPS[loop]!(`${count} ${BURDENS[burden]!.code}`, goOn)}
    ${entry})`
}

const endlessLoops = generator({
  name: 'endless-loops',
  family: 'resources',
  threats: ['RES-01', 'RES-02', 'RES-03', 'RES-04', 'RES-05', 'RES-08', 'WSI-14', 'CTL-14', 'LNK-12', 'HST-11'],
  provenance:
    'JS event-loop semantics; measured: loops around bulk operations outlive worker.terminate() on Node 20, 22, 24 and 26',
  drafts: fc
    .record({
      loop: fc.constantFrom(...Object.keys(LOOPS)),
      burden: fc.constantFrom(...Object.keys(BURDENS)),
      inStart: fc.boolean(),
      turns: fc.integer({ min: 1, max: 5 }),
    })
    .map(
      ({ loop, burden, inStart, turns }): Draft => ({
        title: `${loop} around ${burden}${inStart ? ' in the start function' : ''}`,
        threats: [BURDENS[burden]!.threat, 'CTL-14', ...(inStart ? ['LNK-12'] : [])],
        attack: {
          wat: looping(loop, burden, inStart, null),
          run: { limits: { wallClockMs: 400, cpuMs: 400 } },
          expect: OUT_OF_TIME,
        },
        twin: { wat: looping(loop, burden, inStart, turns), expect: { outcomes: ['completed'] } },
      }),
    ),
})

/** Grows by random steps; exits with 1 if it ever got more than it was granted, with 0 when it was stopped in time. */
const growingMemory = (
  step: number,
  pages: number,
) => `(module ${importOf('proc_exit', '(param i32)')} (memory (export "memory") 1)
  (func (export "_start") (local $turns i32)
    (loop $more
      (if (i32.ne (memory.grow (i32.const ${step})) (i32.const -1))
        (then (i32.store8 (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 1)) (i32.const 1))))
      (if (i32.gt_u (memory.size) (i32.const ${pages})) (then (call $proc_exit (i32.const 1))))
      (local.set $turns (i32.add (local.get $turns) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $turns) (i32.const 300))))
    (call $proc_exit (i32.const 0))))`
const growingTable = (
  step: number,
  elements: number,
) => `(module ${importOf('proc_exit', '(param i32)')} (table $t 1 funcref) (table $u 1 externref)
  (func (export "_start") (local $turns i32)
    (loop $more
      (drop (table.grow $t (ref.null func) (i32.const ${step})))
      (drop (table.grow $u (ref.null extern) (i32.const ${step})))
      (if (i32.gt_u (i32.add (table.size $t) (table.size $u)) (i32.const ${elements})) (then (call $proc_exit (i32.const 1))))
      (local.set $turns (i32.add (local.get $turns) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $turns) (i32.const 300))))
    (call $proc_exit (i32.const 0))))`
const growth = generator({
  name: 'growth',
  family: 'resources',
  threats: ['RES-03', 'RES-04', 'MOD-11', 'MOD-10'],
  provenance: 'core specification 4.4.11; GHSA-f984-pcp8-v2p7, GHSA-p8xm-42r7-89xg',
  drafts: fc
    .record({
      what: fc.constantFrom('memory', 'table'),
      granted: fc.integer({ min: 2, max: 400 }),
      step: fc.integer({ min: 1, max: 5000 }),
    })
    .map(({ what, granted, step }): Draft => {
      const memory = what === 'memory'
      const limits = memory ? { memoryBytes: granted * 65_536 } : { tableElements: granted * 20 }
      const wat = memory ? growingMemory(step, granted) : growingTable(step, granted * 20)
      // Once to exactly what is granted, which must work.
      const exactly = memory
        ? `(module (memory 1) (func (export "run") (result i32) (memory.grow (i32.const ${granted - 1}))))`
        : `(module (table $t 1 funcref) (func (export "run") (result i32) (table.grow $t (ref.null func) (i32.const ${granted * 20 - 1}))))`
      return {
        title: `${what} grown by ${step} again and again where ${memory ? granted : granted * 20} are granted`,
        threats: memory ? ['RES-03', 'MOD-11'] : ['RES-04', 'MOD-10'],
        attack: { wat, run: { limits }, expect: { ...exits(0), residentMiB: 600 } },
        twin: { wat: exactly, run: { limits }, expect: { outcomes: ['completed'], values: ['1'] } },
      }
    }),
})

const flood = (pieces: number, bytes: number, both: boolean, turns: number | null) => {
  const vectors = Array.from(
    { length: pieces },
    (_, i) => `(i32.store (i32.const ${i * 8}) (i32.const 4096)) (i32.store (i32.const ${i * 8 + 4}) (i32.const ${bytes}))`,
  )
  const write = (fd: number) => `(drop (call $fd_write (i32.const ${fd}) (i32.const 0) (i32.const ${pieces}) (i32.const 2048)))`
  return `(module ${importOf('fd_write', '(param i32 i32 i32 i32) (result i32)')} (memory (export "memory") 2)
    (func (export "_start") (local $n i32)
      ${vectors.join(' ')}
      (loop $again
        ${write(1)} ${both ? write(2) : ''}
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $again ${turns === null ? '(i32.const 1)' : `(i32.lt_u (local.get $n) (i32.const ${turns}))`}))))`
}
const outputFloods = generator({
  name: 'output-floods',
  family: 'resources',
  threats: ['WSI-17', 'RES-08'],
  provenance: 'wasmtime tests p1_cli_much_stdout and p2_cli_stdout_epipe',
  drafts: fc
    .record({
      pieces: fc.integer({ min: 1, max: 100 }),
      bytes: fc.integer({ min: 64, max: 20_000 }),
      both: fc.boolean(),
      outputBytes: fc.integer({ min: 1, max: MiB / 4 }),
    })
    .map(({ pieces, bytes, both, outputBytes }): Draft => {
      const enough = pieces * bytes * (both ? 2 : 1)
      return {
        title: `Output of ${pieces} times ${bytes} bytes without end where ${outputBytes} are granted`,
        attack: {
          wat: flood(pieces, bytes, both, null),
          run: { limits: { outputBytes } },
          expect: { outcomes: ['limit'], details: ['output-limit'], events: ['output-limit'], residentMiB: 600 },
        },
        twin: {
          wat: flood(pieces, bytes, both, 1),
          run: { limits: { outputBytes: enough } },
          expect: { outcomes: ['completed'] },
        },
      }
    }),
})

export const resourceGenerators: readonly Generator[] = [endlessLoops, growth, outputFloods]
