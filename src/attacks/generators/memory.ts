// Generators of memories that change around host calls: grown between them, written to where nothing was asked for, rewritten by allocators that hosts
// like to call (MEM-04 to MEM-08, MEM-20).
import fc from 'fast-check'
import { type AbiFunction, type AbiParameter, LAYOUT_BYTES } from '../../sandbox/host/abi/index.ts'
import { GRANTED_CALLS } from '../granted.ts'
import { COMPLETED, type Draft, exits, type Generator, generator } from './generator.ts'
import { importsOf } from './guest.ts'

const PAGE = 65_536
const LINE = 'twelve bytes'

interface Step {
  readonly grow: number
  readonly call: 'random_get' | 'fd_write' | 'clock_time_get'
  /** Bytes before the end of the memory as it is then at which the call's range begins; negative: behind it. */
  readonly before: number
  /** Measured from the end that the memory had before it grew. */
  readonly old: boolean
}
const LENGTHS = { random_get: 32, fd_write: LINE.length, clock_time_get: 8 } as const

/** The reference is arithmetic: a range that ends within the memory as it is at the call is good, any other is not. */
function growing(steps: readonly Step[]): { readonly wat: string; readonly stdout: string } {
  let pages = 1
  let stdout = ''
  const lines = steps.map(({ grow, call, before, old }, i) => {
    const was = pages
    pages += grow
    const length = LENGTHS[call]
    const at = Math.max(64, (old ? was : pages) * PAGE - before)
    const inside = at + length <= pages * PAGE
    const end = `(then (call $proc_exit (i32.const ${i + 1})))`
    const grown = `(if (i32.ne (memory.grow (i32.const ${grow})) (i32.const ${was})) ${end})`
    const fill = inside ? `(memory.fill (i32.const ${at}) (i32.const 0) (i32.const ${length}))` : ''
    if (call === 'fd_write') {
      if (inside) stdout += LINE
      const put = inside ? `(memory.copy (i32.const ${at}) (i32.const 32) (i32.const ${length}))` : ''
      const write = `(i32.store (i32.const 0) (i32.const ${at})) (i32.store (i32.const 4) (i32.const ${length}))`
      const answer = '(call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))'
      return `${grown} ${put} ${write} (if ${inside ? answer : `(i32.eqz ${answer})`} ${end})`
    }
    const answer =
      call === 'random_get'
        ? `(call $random_get (i32.const ${at}) (i32.const ${length}))`
        : `(call $clock_time_get (i32.const 1) (i64.const 0) (i32.const ${at}))`
    if (!inside) return `${grown} (if (i32.eqz ${answer}) ${end})`
    // Success that wrote nothing is the worst answer of all: random bytes that are zeros (MEM-05).
    const all = call === 'random_get' ? [0, 8, 16, 24] : [0]
    const sum = all.reduce((text, offset) => `(i64.or ${text} (i64.load (i32.const ${at + offset})))`, '(i64.const 0)')
    return `${grown} ${fill} (if ${answer} ${end}) (if (i64.eqz ${sum}) ${end})`
  })
  const wat = `(module ${importsOf('random_get', 'fd_write', 'clock_time_get', 'proc_exit')} (memory (export "memory") 1)
    (data (i32.const 32) "${LINE}")
    (func (export "_start") ${lines.join('\n')} (call $proc_exit (i32.const 0))))`
  return { wat, stdout }
}

const step = (before: fc.Arbitrary<number>): fc.Arbitrary<Step> =>
  fc.record({
    grow: fc.constantFrom(0, 0, 1, 2, 5),
    call: fc.constantFrom('random_get', 'fd_write', 'clock_time_get'),
    before,
    old: fc.boolean(),
  })
const grownMemory = generator({
  name: 'grown-memory',
  family: 'memory-changes',
  threats: ['MEM-04', 'MEM-05', 'MEM-02'],
  provenance:
    'measured on Node 20, 22, 24 and 26: writes into a view of a memory that has grown are lost in silence; memory.grow(0) detaches as well',
  drafts: fc
    .record({
      steps: fc.array(step(fc.constantFrom(0, 1, 4, 7, 8, 11, 12, 13, 31, 32, 33, 100, PAGE, -1, -PAGE)), {
        minLength: 1,
        maxLength: 10,
      }),
      honest: fc.array(step(fc.constantFrom(32, 64, 4096)), { minLength: 1, maxLength: 4 }),
    })
    .map(({ steps, honest }): Draft => {
      const attack = growing(steps)
      const twin = growing(honest)
      return {
        title: `${steps.length} host calls around the end of a memory that grows by ${steps.map(({ grow }) => grow).join(', ')} pages`,
        attack: { wat: attack.wat, expect: exits(0, attack.stdout) },
        twin: { wat: twin.wat, expect: exits(0, twin.stdout) },
      }
    }),
})

/** Names under which hosts look for a guest's allocator, or for what they must call before anything else. */
const ALLOCATORS = [
  'malloc',
  'free',
  'realloc',
  'calloc',
  'alloc',
  'dealloc',
  'cabi_realloc',
  'canonical_abi_realloc',
  '__new',
  '__pin',
  '__unpin',
  '__collect',
  '__wbindgen_malloc',
  '__wbindgen_realloc',
  '__wbindgen_free',
  '__wbindgen_add_to_stack_pointer',
  'extism_alloc',
  'asyncify_start_unwind',
  'asyncify_stop_unwind',
  '__stack_pointer_set',
  'stackSave',
  'stackRestore',
] as const
/** What such a function does to whoever calls it. */
const SPITE: Readonly<Record<string, string>> = {
  'grows the memory': '(drop (memory.grow (i32.const 1))) (i32.const 16)',
  'gives an address behind the memory': '(i32.const -16)',
  'gives an address of what is being read': '(i32.const 64)',
  'rewrites what is being read': '(memory.fill (i32.const 0) (i32.const 0xff) (i32.const 4096)) (i32.const 64)',
  traps: '(unreachable)',
  'never returns': '(loop $for_ever (br $for_ever)) (i32.const 0)',
  throws: '(throw $own)',
}
const allocators = generator({
  name: 'allocators-of-the-guest',
  family: 'memory-changes',
  threats: ['MEM-06', 'MEM-08', 'CTL-03', 'MEM-25'],
  provenance: 'wasm-bindgen, AssemblyScript and Extism hosts call functions of the guest in the middle of a host call; CWE-367',
  drafts: fc
    .record({
      names: fc.uniqueArray(fc.constantFrom(...ALLOCATORS), { minLength: 1, maxLength: 8 }),
      spite: fc.constantFrom(...Object.keys(SPITE)),
      parameters: fc.nat({ max: 4 }),
    })
    .map(({ names, spite, parameters }): Draft => {
      const own = names
        .map(
          (name) => `(func (export "${name}") (param ${'i32 '.repeat(parameters)}) (result i32)
          (global.set $called (i32.add (global.get $called) (i32.const 1))) ${SPITE[spite]})`,
        )
        .join('\n')
      const wat = (
        exported: string,
      ) => `(module ${importsOf('args_sizes_get', 'args_get', 'environ_sizes_get', 'environ_get', 'fd_read', 'random_get')}
        (tag $own) (memory (export "memory") 1) (global $called (mut i32) (i32.const 0))
        (data (i32.const 0) "\\00\\02\\00\\00\\40\\00\\00\\00")
        ${exported}
        (func (export "run") (result i32)
          (drop (call $args_sizes_get (i32.const 16) (i32.const 20))) (drop (call $args_get (i32.const 1024) (i32.const 2048)))
          (drop (call $environ_sizes_get (i32.const 16) (i32.const 20))) (drop (call $environ_get (i32.const 3072) (i32.const 4096)))
          (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 24)))
          (drop (call $random_get (i32.const 8192) (i32.const 64)))
          (global.get $called)))`
      const run = { args: ['one', 'two'], env: { NAME: 'value' }, stdin: new TextEncoder().encode(LINE) }
      const expect = { ...COMPLETED, values: ['0'] }
      return {
        title: `${names.join(', ')}: each ${spite}`,
        attack: { wat: wat(own), run, expect },
        twin: { wat: wat(''), run, expect },
      }
    }),
})

/** Byte ranges that a call may write, or null if the table does not say. */
function written(entry: AbiFunction, values: readonly number[]): readonly (readonly [number, number])[] | null {
  const ranges: [number, number][] = []
  for (const [i, { meaning }] of entry.parameters.entries()) {
    if (meaning.kind !== 'pointer') continue
    // Where these point to is another matter.
    if (meaning.to === 'iovec' && meaning.direction === 'in' && entry.name !== 'fd_write') return null
    if (meaning.direction !== 'out') continue
    const { count } = meaning
    const at = typeof count === 'string' ? entry.parameters.findIndex(({ name }) => name === count) : -1
    const elements = typeof count === 'number' ? count : at >= 0 ? values[at]! : null
    if (elements === null) return null
    ranges.push([values[i]!, values[i]! + elements * LAYOUT_BYTES[meaning.to]])
  }
  return ranges
}
const zeros = ({ parameters }: AbiFunction) => parameters.map(() => 0)
const BOUNDED = GRANTED_CALLS.filter((entry) => entry.result === 'errno' && (written(entry, zeros(entry))?.length ?? 0) > 0)

const argumentOf = ({ type, meaning }: AbiParameter): fc.Arbitrary<number> => {
  if (meaning.kind === 'pointer') return fc.integer({ min: 16, max: PAGE - 512 })
  if (meaning.kind === 'length') return fc.nat({ max: 64 })
  if (meaning.kind === 'fd') return fc.constantFrom(0, 1, 2, 3)
  return type === 'i64' ? fc.nat({ max: 100 }) : fc.nat({ max: 3 })
}
/** One call in a memory full of 0x5a; afterwards every byte outside of what the call may write must be 0x5a. Gives the first that is not, or -1. */
function keeping(entry: AbiFunction, values: readonly number[]): string {
  const params = entry.parameters.map(({ type }, i) => `(${type}.const ${values[i]})`).join(' ')
  const ranges = [...written(entry, values)!].sort(([a], [b]) => a - b)
  const blanks = ranges.map(([from, to]) => `(memory.fill (i32.const ${from}) (i32.const 0x5a) (i32.const ${to - from}))`)
  return `(module ${importsOf(entry.name)} (memory (export "memory") 1 1)
    (func (export "run") (result i32) (local $at i32)
      (memory.fill (i32.const 0) (i32.const 0x5a) (i32.const ${PAGE}))
      (drop (call $${entry.name} ${params}))
      ${blanks.join(' ')}
      (loop $next
        (if (i64.ne (i64.load (local.get $at)) (i64.const 0x5a5a5a5a5a5a5a5a)) (then (return (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br_if $next (i32.lt_u (local.get $at) (i32.const ${PAGE}))))
      (i32.const -1)))`
}
const keptMemory = generator({
  name: 'bytes-beside-the-answer',
  family: 'memory-changes',
  threats: ['MEM-20', 'MEM-21', 'MEM-22'],
  provenance:
    'layouts of WASI preview 1; CWE-787 in hosts that write a structure of another size than the one they were asked for',
  drafts: fc
    .constantFrom(...BOUNDED)
    .chain((entry) => fc.tuple(fc.constant(entry), fc.tuple(...entry.parameters.map(argumentOf))))
    .map(([entry, values]): Draft => {
      const apart = entry.parameters.map(({ meaning }, i) =>
        meaning.kind === 'pointer' ? 2048 * (i + 1) : meaning.kind === 'length' ? 8 : 0,
      )
      const expect = { ...COMPLETED, values: ['-1'] }
      return {
        title: `What else ${entry.name}(${values.join(', ')}) writes`,
        attack: { wat: keeping(entry, values), expect },
        twin: { wat: keeping(entry, apart), expect },
      }
    }),
})

export const memoryGenerators: readonly Generator[] = [grownMemory, allocators, keptMemory]
