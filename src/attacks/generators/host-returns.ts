// Generators that ask whether the host's answers are real: effects behind every success, and no error number that nobody declared (LNK-19, MEM-15,
// WSI-11, WSI-13).
import fc from 'fast-check'
import { errnoName, NATIVE_MODULE } from '../../sandbox/host/abi/index.ts'
import { GRANTED_CALLS } from '../granted.ts'
import { COMPLETED, type Draft, exits, type Generator, generator } from './generator.ts'
import { CREATE, FILE_CALLS, FILE_FUNCTIONS, importsOf, RIGHT, Texts } from './guest.ts'
import { callWith, honest, hostile } from './values.ts'

/** A call that says that it did something, and the look at what it should have done: instructions that leave 0 if both are true, or both are not. */
interface Witness {
  readonly calls: readonly string[]
  readonly text: (t: Texts) => string
}
const both = (did: string, seen: string) => `(if (result i32) ${did} (then (i32.const 0)) (else (i32.eqz ${seen})))`
const openNew = (t: Texts, name: string, rights: number) =>
  `(call $path_open (i32.const 3) (i32.const 0) ${t.put(name)} (i32.const ${CREATE}) (i64.const ${rights}) (i64.const 0) (i32.const 0) (i32.const 32))`
const fd = '(i32.load (i32.const 32))'
const stat = (t: Texts, name: string) => `(call $path_filestat_get (i32.const 3) (i32.const 0) ${t.put(name)} (i32.const 512))`
const put = (t: Texts, name: string) => `(drop (call $make (i32.const 3) ${t.put(name)} ${t.vector('inside')}))`

const WITNESSES: Readonly<Record<string, Witness>> = {
  'random bytes are not all zero': {
    calls: ['random_get'],
    text: () =>
      both(
        '(call $random_get (i32.const 512) (i32.const 32))',
        '(i64.ne (i64.or (i64.load (i32.const 512)) (i64.load (i32.const 528))) (i64.const 0))',
      ),
  },
  'the time is later than 2020': {
    calls: ['clock_time_get'],
    text: () =>
      both(
        '(call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 512))',
        '(i64.gt_u (i64.load (i32.const 512)) (i64.const 1577836800000000000))',
      ),
  },
  'time does not run backwards': {
    calls: ['clock_time_get'],
    text: () =>
      `(drop (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 512))) ${both('(call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 520))', '(i64.ge_u (i64.load (i32.const 520)) (i64.load (i32.const 512)))')}`,
  },
  'two arguments of five bytes': {
    calls: ['args_sizes_get'],
    text: () =>
      both(
        '(call $args_sizes_get (i32.const 512) (i32.const 516))',
        '(i64.eq (i64.load (i32.const 512)) (i64.const 0x500000002))',
      ),
  },
  'the second argument is the second argument': {
    calls: ['args_get'],
    text: () =>
      both(
        '(call $args_get (i32.const 512) (i32.const 528))',
        '(i32.eq (i32.load16_u (i32.load (i32.const 516))) (i32.const 0x6362))',
      ),
  },
  'one variable of four bytes': {
    calls: ['environ_sizes_get'],
    text: () =>
      both(
        '(call $environ_sizes_get (i32.const 512) (i32.const 516))',
        '(i64.eq (i64.load (i32.const 512)) (i64.const 0x400000001))',
      ),
  },
  'what is written is counted': {
    calls: ['fd_write'],
    text: (t) =>
      both(
        `(call $fd_write (i32.const 1) ${t.vector('said')} (i32.const 1) (i32.const 512))`,
        '(i32.eq (i32.load (i32.const 512)) (i32.const 4))',
      ),
  },
  'a directory that was made is there': {
    calls: ['path_create_directory', 'path_filestat_get'],
    text: (t) => both(`(call $path_create_directory (i32.const 3) ${t.put('made')})`, `(i32.eqz ${stat(t, 'made')})`),
  },
  'a directory that was removed is not': {
    calls: ['path_create_directory', 'path_remove_directory', 'path_filestat_get'],
    text: (t) =>
      `(drop (call $path_create_directory (i32.const 3) ${t.put('gone')})) ${both(`(call $path_remove_directory (i32.const 3) ${t.put('gone')})`, stat(t, 'gone'))}`,
  },
  'a file that was unlinked is not there': {
    calls: ['path_unlink_file', 'path_filestat_get'],
    text: (t) => `${put(t, 'u')} ${both(`(call $path_unlink_file (i32.const 3) ${t.put('u')})`, stat(t, 'u'))}`,
  },
  'a file that was renamed has the new name': {
    calls: ['path_rename', 'path_filestat_get'],
    text: (t) =>
      `${put(t, 'r')} ${both(`(call $path_rename (i32.const 3) ${t.put('r')} (i32.const 3) ${t.put('s')})`, `(i32.and (i32.ne ${stat(t, 'r')} (i32.const 0)) (i32.eqz ${stat(t, 's')}))`)}`,
  },
  'a link says where it leads': {
    calls: ['path_symlink', 'path_readlink'],
    text: (t) =>
      both(
        `(call $path_symlink ${t.put('in')} (i32.const 3) ${t.put('l')})`,
        `(i32.and (i32.eqz (call $path_readlink (i32.const 3) ${t.put('l')} (i32.const 512) (i32.const 16) (i32.const 560))) (i32.eq (i32.load16_u (i32.const 512)) (i32.const 0x6e69)))`,
      ),
  },
  'a file has the size that was set': {
    calls: ['path_open', 'fd_filestat_set_size', 'fd_filestat_get'],
    text: (t) =>
      `(drop ${openNew(t, 'z', RIGHT.write | RIGHT.setSize | (1 << 21))}) ${both(`(call $fd_filestat_set_size ${fd} (i64.const 77))`, `(i32.and (i32.eqz (call $fd_filestat_get ${fd} (i32.const 512))) (i64.eq (i64.load (i32.const 544)) (i64.const 77)))`)}`,
  },
  'a file is where it was moved to': {
    calls: ['path_open', 'fd_seek', 'fd_tell'],
    text: (t) =>
      `(drop ${openNew(t, 'k', RIGHT.write | RIGHT.seek | RIGHT.tell)}) ${both(`(call $fd_seek ${fd} (i64.const 5) (i32.const 0) (i32.const 512))`, `(i32.and (i32.eqz (call $fd_tell ${fd} (i32.const 520))) (i64.eq (i64.load (i32.const 520)) (i64.const 5)))`)}`,
  },
  'space that was allocated is there': {
    calls: ['path_open', 'fd_allocate', 'fd_filestat_get'],
    text: (t) =>
      `(drop ${openNew(t, 'm', RIGHT.write | (1 << 8) | (1 << 21))}) ${both(`(call $fd_allocate ${fd} (i64.const 0) (i64.const 99))`, `(i32.and (i32.eqz (call $fd_filestat_get ${fd} (i32.const 512))) (i64.ge_u (i64.load (i32.const 544)) (i64.const 99)))`)}`,
  },
  'what was closed is closed': {
    calls: ['path_open', 'fd_close', 'fd_fdstat_get'],
    text: (t) =>
      `(drop ${openNew(t, 'c', RIGHT.write)}) ${both(`(call $fd_close ${fd})`, `(i32.eq (call $fd_fdstat_get ${fd} (i32.const 512)) (i32.const 8))`)}`,
  },
  'flags that were set are set': {
    calls: ['path_open', 'fd_fdstat_set_flags', 'fd_fdstat_get'],
    text: (t) =>
      `(drop ${openNew(t, 'f', RIGHT.write | (1 << 3))}) ${both(`(call $fd_fdstat_set_flags ${fd} (i32.const 1))`, `(i32.and (i32.eqz (call $fd_fdstat_get ${fd} (i32.const 512))) (i32.and (i32.load16_u (i32.const 514)) (i32.const 1)))`)}`,
  },
  'flags of standard output are as they were set': {
    calls: ['fd_fdstat_set_flags', 'fd_fdstat_get'],
    text: () =>
      both(
        '(call $fd_fdstat_set_flags (i32.const 1) (i32.const 4))',
        '(i32.and (i32.eqz (call $fd_fdstat_get (i32.const 1) (i32.const 512))) (i32.ne (i32.and (i32.load16_u (i32.const 514)) (i32.const 4)) (i32.const 0)))',
      ),
  },
  'nobody connects to what does not listen': {
    calls: ['sock_accept'],
    text: () => '(i32.eqz (call $sock_accept (i32.const 1) (i32.const 0) (i32.const 512)))',
  },
}

const realSuccesses = generator({
  name: 'real-successes',
  family: 'host-returns',
  threats: ['LNK-19', 'WSI-13', 'MEM-05', 'WSI-11', 'MEM-15'],
  provenance:
    'partial shims of WASI that answer 0 to what they do not do; measured, ToInt32 makes 0 of undefined, NaN and promises',
  drafts: fc.uniqueArray(fc.constantFrom(...Object.keys(WITNESSES)), { minLength: 1, maxLength: 6 }).map((names): Draft => {
    const texts = new Texts(1024)
    const lines = names.map((name, i) => {
      const checks = WITNESSES[name]!.text(texts)
      return `(if (block (result i32) ${checks}) (then (call $proc_exit (i32.const ${i + 1}))))`
    })
    const calls = names.flatMap((name) => WITNESSES[name]!.calls)
    const files = calls.some((call) => call.startsWith('path_'))
    // Honest and hostile guest import the same, so that a host which does not offer it refuses both, and nothing is said about it.
    const imports = importsOf('fd_write', 'proc_exit', ...calls, ...(files ? FILE_CALLS : []))
    const run = {
      args: ['a', 'bc'],
      env: { K: 'v' },
      policy: { capabilities: { fs: { mounts: [{ kind: 'memory', at: '/data' }] } } },
    }
    const said = names.includes('what is written is counted') ? 'said' : ''
    const twin = new Texts(1024)
    return {
      title: names.join('; ').slice(0, 150),
      attack: {
        wat: `(module ${imports} (memory (export "memory") 1)
          ${files ? FILE_FUNCTIONS : ''}
          (func (export "_start") ${lines.join('\n')} (call $proc_exit (i32.const 0)))
          ${texts.data})`,
        run,
        expect: exits(0, said),
      },
      twin: {
        wat: `(module ${imports} (memory (export "memory") 1)
          (func (export "_start")
            (call $proc_exit (call $fd_write (i32.const 1) ${twin.vector('honest')} (i32.const 1) (i32.const 0))))
          ${twin.data})`,
        run,
        expect: exits(0, 'honest'),
      },
    }
  }),
})

/** Only our own interface: what other hosts may answer to calls of WASI is not for us to say. */
const NATIVE = GRANTED_CALLS.filter(({ module, result }) => module === NATIVE_MODULE && result === 'errno')
const declaredErrors = generator({
  name: 'declared-errors',
  family: 'host-returns',
  threats: ['MEM-15', 'MEM-16', 'CTL-05', 'MEM-26'],
  provenance: 'docs/abi.md declares what each call can answer; CWE-252',
  drafts: fc
    .constantFrom(...NATIVE)
    .chain((entry) => fc.tuple(fc.constant(entry), fc.tuple(...entry.parameters.map(hostile))))
    .map(([entry, values]): Draft => {
      const names: readonly string[] = ['success', 'fault', ...entry.errnos]
      const numbers = Array.from({ length: 77 }, (_, errno) => errno).filter((errno) => names.includes(errnoName(errno) ?? ''))
      const known = numbers
        .map((errno) => `(i32.eq (local.get $errno) (i32.const ${errno}))`)
        .reduce((all, one) => `(i32.or ${all} ${one})`)
      const wat = (
        given: readonly (number | bigint | string)[],
      ) => `(module ${importsOf(entry.name)} (memory (export "memory") 1 1)
        (func (export "run") (result i32) (local $errno i32)
          (local.set $errno ${callWith(entry, given)})
          (if (result i32) ${known} (then (i32.const -1)) (else (local.get $errno)))))`
      const expect = { ...COMPLETED, values: ['-1'] }
      return {
        title: `What ${entry.name}(${values.join(', ')}) answers`,
        attack: { wat: wat(values), expect },
        twin: { wat: wat(entry.parameters.map((_, i) => honest(entry, i))), expect },
      }
    }),
})

export const hostReturnGenerators: readonly Generator[] = [realSuccesses, declaredErrors]
