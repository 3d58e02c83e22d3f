// Generators of guests that go on with one thing until there may be no more: handles, files, bytes, reports, waits (RES-05 to RES-07, RES-12, RES-13,
// WSI-06 to WSI-09).
import fc from 'fast-check'
import { COMPLETED, type Draft, type Generator, generator } from './generator.ts'
import { CREATE, importsOf, RIGHT, Texts } from './guest.ts'

interface Flood {
  readonly quota: string
  readonly threats: readonly string[]
  readonly calls: readonly string[]
  /** One turn: instructions that leave an errno. `$n` counts the turns. */
  readonly turn: (t: Texts) => string
  /** What a turn uses of the quota. */
  readonly uses: number
  readonly largest: number
}
/** Another name on each turn, of two letters, in the text at `at`. */
const NAME = 1024
const renamed = `(i32.store8 (i32.const ${NAME}) (i32.add (i32.const 97) (i32.rem_u (local.get $n) (i32.const 26))))
  (i32.store8 (i32.const ${NAME + 1}) (i32.add (i32.const 97) (i32.rem_u (i32.div_u (local.get $n) (i32.const 26)) (i32.const 26))))`
const PATH = `(i32.const ${NAME}) (i32.const 2)`
const open = (path: string, rights: number) =>
  `(call $path_open (i32.const 3) (i32.const 0) ${path} (i32.const ${CREATE}) (i64.const ${rights}) (i64.const 0) (i32.const 1) (i32.const 0))`

const FLOODS: Readonly<Record<string, Flood>> = {
  'open files': {
    quota: 'handles',
    threats: ['RES-06'],
    calls: ['path_open'],
    turn: (t) => open(t.put('one'), RIGHT.write),
    uses: 1,
    largest: 60,
  },
  directories: {
    quota: 'inodes',
    threats: ['RES-13', 'RES-07'],
    calls: ['path_create_directory'],
    turn: () => `${renamed} (call $path_create_directory (i32.const 3) ${PATH})`,
    uses: 1,
    largest: 300,
  },
  links: {
    quota: 'inodes',
    threats: ['RES-13', 'RES-07'],
    calls: ['path_symlink'],
    turn: (t) => `${renamed} (call $path_symlink ${t.put('one')} (i32.const 3) ${PATH})`,
    uses: 1,
    largest: 300,
  },
  'bytes of one file': {
    quota: 'fileBytes',
    threats: ['RES-13'],
    calls: ['path_open', 'fd_write', 'fd_close'],
    turn: (t) =>
      `(drop ${open(t.put('one'), RIGHT.write)}) (call $fd_write (i32.load (i32.const 0)) ${t.vector('x'.repeat(512))} (i32.const 1) (i32.const 8)) (drop (call $fd_close (i32.load (i32.const 0))))`,
    uses: 512,
    largest: 100_000,
  },
  'lines of the log': {
    quota: 'reports',
    threats: ['RES-08', 'RES-07'],
    calls: ['log_write'],
    turn: (t) => `(call $log_write (i32.const 1) ${t.put('a line')})`,
    uses: 1,
    largest: 300,
  },
  'bytes of the log': {
    quota: 'reportBytes',
    threats: ['RES-08', 'RES-12'],
    calls: ['log_write'],
    turn: (t) => `(call $log_write (i32.const 1) ${t.put('y'.repeat(200))})`,
    uses: 200,
    largest: 50_000,
  },
  metrics: {
    quota: 'reports',
    threats: ['RES-07', 'RES-08'],
    calls: ['metric_record'],
    turn: (t) => `${renamed} (call $metric_record (i32.const 0) ${PATH} (f64.const 1) ${t.put('s')})`,
    uses: 1,
    largest: 300,
  },
}

/** Goes on until the host says no, and gives 0 if that was in time: not before the quota's first part was used, not after all of it was. */
function flooding({ calls, turn, uses }: Flood, granted: number, turns: number): string {
  const texts = new Texts(2048)
  return `(module ${importsOf(...calls)} (memory (export "memory") 1)
    (func (export "run") (result i32) (local $n i32)
      (block $full (loop $again
        (br_if $full (block (result i32) ${turn(texts)}))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $n) (i32.const ${turns})))))
      (i32.or (i32.eqz (local.get $n)) (i32.gt_u (i32.mul (local.get $n) (i32.const ${uses})) (i32.const ${granted}))))
    ${texts.data})`
}

const quotaFloods = generator({
  name: 'quota-floods',
  family: 'resources',
  threats: ['RES-06', 'RES-07', 'RES-08', 'RES-12', 'RES-13'],
  provenance: 'CWE-770; CWA-2022-002; each quota of a policy ships with what exceeds it',
  drafts: fc
    .constantFrom(...Object.keys(FLOODS))
    .chain((what) =>
      fc.tuple(fc.constant(what), fc.integer({ min: Math.max(8, 2 * FLOODS[what]!.uses), max: FLOODS[what]!.largest })),
    )
    .map(([what, granted]): Draft => {
      const flood = FLOODS[what]!
      const run = {
        policy: { quotas: { [flood.quota]: granted }, capabilities: { fs: { mounts: [{ kind: 'memory', at: '/data' }] } } },
      }
      const expect = { ...COMPLETED, values: ['0'] }
      return {
        title: `${what} without end where the quota ${flood.quota} is ${granted}`,
        threats: flood.threats,
        attack: { wat: flooding(flood, granted, 2000), run, expect: { ...expect, residentMiB: 600 } },
        twin: { wat: flooding(flood, granted, 1), run, expect },
      }
    }),
})

/** Waits that are longer than the guest has, or that there are more of than there may be. */
const waits = generator({
  name: 'endless-waits',
  family: 'resources',
  threats: ['WSI-09', 'WSI-07', 'WSI-08', 'CTL-13', 'RES-09'],
  provenance: 'CWE-400; a guest that sleeps uses no CPU time and no fuel',
  drafts: fc
    .record({
      timeout: fc.constantFrom(2n ** 63n - 1n, 2n ** 64n - 1n, 3_600_000_000_000n, 60_000_000_000n, 2n ** 53n),
      absolute: fc.boolean(),
      clock: fc.constantFrom(0, 1),
      times: fc.integer({ min: 1, max: 4 }),
      inStart: fc.boolean(),
    })
    .map(({ timeout, absolute, clock, times, inStart }): Draft => {
      const subscription = (i: number, nanoseconds: bigint, flags: number) => {
        const base = 1024 + i * 48
        return `(i64.store (i32.const ${base}) (i64.const ${i})) (i32.store8 (i32.const ${base + 8}) (i32.const 0))
          (i32.store (i32.const ${base + 16}) (i32.const ${clock})) (i64.store (i32.const ${base + 24}) (i64.const ${nanoseconds}))
          (i64.store (i32.const ${base + 32}) (i64.const 0)) (i32.store16 (i32.const ${base + 40}) (i32.const ${flags}))`
      }
      const wat = (
        nanoseconds: bigint,
        flags: number,
        start: boolean,
        again: boolean,
      ) => `(module ${importsOf('poll_oneoff')} (memory (export "memory") 1)
        (func $wait
          ${Array.from({ length: times }, (_, i) => subscription(i, nanoseconds, flags)).join('\n')}
          (loop $more (drop (call $poll_oneoff (i32.const 1024) (i32.const 4096) (i32.const ${times}) (i32.const 0)))
            ${again ? '(br $more)' : ''}))
        ${start ? '(start $wait) (func (export "run"))' : '(func (export "run") (call $wait))'})`
      return {
        title: `${times} waits of ${timeout} ns on clock ${clock}${absolute ? ', as points of time' : ''}${inStart ? ', in the start function' : ''}`,
        attack: {
          wat: wat(timeout, absolute ? 1 : 0, inStart, true),
          run: { limits: { wallClockMs: 400, cpuMs: 400 } },
          expect: { outcomes: ['limit'], details: ['wall-clock-limit', 'cpu-limit'] },
        },
        twin: { wat: wat(1_000_000n, 0, inStart, false), expect: COMPLETED },
      }
    }),
})

export const floodGenerators: readonly Generator[] = [quotaFloods, waits]
