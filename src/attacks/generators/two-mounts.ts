// A guest with two mounts of different rights tries every change that has names in both (FSX-09, FSX-10, FSX-12).
import fc from 'fast-check'
import type { Setting } from '../setting.ts'
import { type Draft, exits, generator } from './generator.ts'
import { CREATE, checked, importsOf, RIGHT, Texts, TRUNCATE, type Wanted } from './guest.ts'
import { directory, policyOf } from './mounts.ts'

/** One change, with the mounts of its two names, and what is seen of it when both are the writable one. */
const CHANGES: Readonly<
  Record<
    string,
    { readonly call: string; readonly text: (from: number, to: number, t: Texts) => string; readonly seen: readonly string[] }
  >
> = {
  'truncate by opening': {
    call: 'path_open',
    text: (_, to, t) =>
      `(call $path_open (i32.const ${to}) (i32.const 1) ${t.put('file.txt')} (i32.const ${TRUNCATE}) (i64.const ${RIGHT.write}) (i64.const 0) (i32.const 0) (i32.const 0))`,
    seen: ['scratch/file.txt changed'],
  },
  'truncate by opening for reading': {
    call: 'path_open',
    text: (_, to, t) =>
      `(call $path_open (i32.const ${to}) (i32.const 1) ${t.put('file.txt')} (i32.const ${TRUNCATE}) (i64.const ${RIGHT.read | RIGHT.write}) (i64.const 0) (i32.const 0) (i32.const 0))`,
    seen: ['scratch/file.txt changed'],
  },
  create: {
    call: 'path_open',
    text: (_, to, t) =>
      `(call $path_open (i32.const ${to}) (i32.const 0) ${t.put('new')} (i32.const ${CREATE}) (i64.const ${RIGHT.write}) (i64.const 0) (i32.const 0) (i32.const 0))`,
    seen: ['scratch/new created'],
  },
  'make a directory': {
    call: 'path_create_directory',
    text: (_, to, t) => `(call $path_create_directory (i32.const ${to}) ${t.put('new')})`,
    seen: ['scratch/new created'],
  },
  'remove a directory': {
    call: 'path_remove_directory',
    text: (_, to, t) => `(call $path_remove_directory (i32.const ${to}) ${t.put('empty')})`,
    seen: ['scratch/empty removed'],
  },
  unlink: {
    call: 'path_unlink_file',
    text: (_, to, t) => `(call $path_unlink_file (i32.const ${to}) ${t.put('file.txt')})`,
    seen: ['scratch/file.txt removed'],
  },
  symlink: {
    call: 'path_symlink',
    text: (_, to, t) => `(call $path_symlink ${t.put('file.txt')} (i32.const ${to}) ${t.put('new')})`,
    seen: ['scratch/new created'],
  },
  'set times': {
    call: 'path_filestat_set_times',
    text: (_, to, t) =>
      `(call $path_filestat_set_times (i32.const ${to}) (i32.const 1) ${t.put('file.txt')} (i64.const 1000000000) (i64.const 1000000000) (i32.const 5))`,
    seen: ['scratch/file.txt changed'],
  },
  link: {
    call: 'path_link',
    text: (from, to, t) =>
      `(call $path_link (i32.const ${from}) (i32.const 0) ${t.put('file.txt')} (i32.const ${to}) ${t.put('new')})`,
    seen: ['scratch/file.txt changed', 'scratch/new created'],
  },
  rename: {
    call: 'path_rename',
    text: (from, to, t) => `(call $path_rename (i32.const ${from}) ${t.put('file.txt')} (i32.const ${to}) ${t.put('new')})`,
    seen: ['scratch/file.txt removed', 'scratch/new created'],
  },
  'rename over a file': {
    call: 'path_rename',
    text: (from, to, t) =>
      `(call $path_rename (i32.const ${from}) ${t.put('file.txt')} (i32.const ${to}) ${t.put('second.txt')})`,
    seen: ['scratch/file.txt removed', 'scratch/second.txt changed'],
  },
}
const ENTRIES = { 'file.txt': 'trusted', 'second.txt': 'second', empty: { directory: true as const } }
const READ_ONLY = 3
const WRITABLE = 4
/** For calls with one name, only the second of these counts. */
const CROSSINGS = [
  [READ_ONLY, READ_ONLY],
  [WRITABLE, READ_ONLY],
  [READ_ONLY, WRITABLE],
] as const

export const twoMounts = generator({
  name: 'two-mounts',
  family: 'files',
  threats: ['FSX-09', 'FSX-10', 'FSX-11', 'FSX-12', 'FSX-14', 'FSX-24'],
  provenance: 'GHSA-4ch3-9j33-3pmj and GHSA-2r75-cxrj-cmph (Wasmtime); bytecodealliance/wasmtime file_rename_across_perms',
  drafts: fc
    .array(fc.tuple(fc.constantFrom(...Object.keys(CHANGES)), fc.constantFrom(...CROSSINGS)), { minLength: 1, maxLength: 6 })
    .map((changes): Draft => {
      const twoNames = (what: string) => ['link', 'rename', 'rename over a file'].includes(what)
      const tried = changes.map(([what, crossing]) => [what, twoNames(what) ? crossing : CROSSINGS[0]] as const)
      const wat = (steps: readonly (readonly [string, readonly [number, number]])[], wanted: Wanted) => {
        const texts = new Texts(1024)
        const lines = steps.map(([what, [from, to]], i) => checked(i + 1, CHANGES[what]!.text(from, to, texts), wanted))
        return `(module ${importsOf('proc_exit', ...steps.map(([what]) => CHANGES[what]!.call))} (memory (export "memory") 1) ${texts.data}
          (func (export "_start") ${lines.join('\n')} (call $proc_exit (i32.const 0))))`
      }
      const run = policyOf(directory('shown', false, '/shown'), directory('scratch', true, '/scratch'))
      const setting: Setting = { directories: { shown: ENTRIES, scratch: ENTRIES } }
      const [first] = changes[0]!
      return {
        title: tried
          .map(([what, [from, to]]) => `${what} from ${from} to ${to}`)
          .join(', ')
          .slice(0, 140),
        attack: { wat: wat(tried, 'fails'), run, setting, expect: { ...exits(0), effects: [] } },
        twin: {
          wat: wat([[first, [WRITABLE, WRITABLE]]], 'works'),
          run,
          setting,
          expect: { ...exits(0), effects: CHANGES[first]!.seen },
        },
      }
    }),
})
