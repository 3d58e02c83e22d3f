// Generators of file trees and paths: links, chains of them, races, and names that look alike (FSX-01 to FSX-30).
import fc from 'fast-check'
import type { Setting } from '../setting.ts'
import { type Draft, exits, type Generator, generator } from './generator.ts'
import { CREATE, checked, FILE_CALLS, FILE_FUNCTIONS, importsOf, RIGHT, Texts, TRUNCATE, type Wanted } from './guest.ts'
import { type HostTree, placeOf } from './host-tree.ts'
import { directory, policyOf } from './mounts.ts'
import { twoMounts } from './two-mounts.ts'

const FILES = new Map([
  ['root/in.txt', 'inside'],
  ['root/sub/deep/leaf.txt', 'leaf'],
  ['root/sub/other.txt', 'other'],
])
/** Beside the mount: a directory with another name, and one whose name begins with the mount's (FSX-16). */
const OUTSIDE: Setting['directories'] = { outside: { 'secret.txt': '{secret}' }, 'root-evil': { 'secret.txt': '{secret}' } }

/** What can be done with a path: the call, whether it follows a link at the end, and whether it changes anything. */
interface Deed {
  readonly call: string
  readonly follows: boolean
  readonly changes: boolean
  /** @param path address and length */
  readonly text: (fd: number, path: string, other: string) => string
}
const IN = 'in.txt'
const DEEDS: Readonly<Record<string, Deed>> = {
  read: {
    call: 'path_open',
    follows: true,
    changes: false,
    text: (fd, path) => `(call $dump (i32.const ${fd}) (i32.const 1) ${path})`,
  },
  'read without following': {
    call: 'path_open',
    follows: false,
    changes: false,
    text: (fd, path) => `(call $dump (i32.const ${fd}) (i32.const 0) ${path})`,
  },
  stat: {
    call: 'path_filestat_get',
    follows: true,
    changes: false,
    text: (fd, path) => `(call $path_filestat_get (i32.const ${fd}) (i32.const 1) ${path} (i32.const 512))`,
  },
  'read the link': {
    call: 'path_readlink',
    follows: false,
    changes: false,
    text: (fd, path) => `(call $path_readlink (i32.const ${fd}) ${path} (i32.const 512) (i32.const 256) (i32.const 16))`,
  },
  truncate: {
    call: 'path_open',
    follows: true,
    changes: true,
    text: (fd, path) =>
      `(call $path_open (i32.const ${fd}) (i32.const 1) ${path} (i32.const ${CREATE | TRUNCATE}) (i64.const ${RIGHT.write}) (i64.const 0) (i32.const 0) (i32.const 0))`,
  },
  'make a directory': {
    call: 'path_create_directory',
    follows: false,
    changes: true,
    text: (fd, path) => `(call $path_create_directory (i32.const ${fd}) ${path})`,
  },
  unlink: {
    call: 'path_unlink_file',
    follows: false,
    changes: true,
    text: (fd, path) => `(call $path_unlink_file (i32.const ${fd}) ${path})`,
  },
  'set times': {
    call: 'path_filestat_set_times',
    follows: true,
    changes: true,
    text: (fd, path) =>
      `(call $path_filestat_set_times (i32.const ${fd}) (i32.const 1) ${path} (i64.const 1000000000) (i64.const 1000000000) (i32.const 5))`,
  },
  'rename to': {
    call: 'path_rename',
    follows: false,
    changes: true,
    text: (fd, path, other) => `(call $path_rename (i32.const ${fd}) ${other} (i32.const ${fd}) ${path})`,
  },
  'link to': {
    call: 'path_link',
    follows: false,
    changes: true,
    text: (fd, path, other) => `(call $path_link (i32.const ${fd}) (i32.const 0) ${other} (i32.const ${fd}) ${path})`,
  },
  'link from': {
    call: 'path_link',
    follows: true,
    changes: true,
    text: (fd, path, other) => `(call $path_link (i32.const ${fd}) (i32.const 1) ${path} (i32.const ${fd}) ${other})`,
  },
}

interface Attempt {
  readonly deed: string
  readonly path: string
  readonly wanted: Wanted
}

/** A guest that makes the attempts one after the other, and exits with the number of the first whose answer is wrong. */
function attempting(attempts: readonly Attempt[]): string {
  const texts = new Texts(1024)
  const calls = attempts.map(({ deed }) => DEEDS[deed]!.call)
  const lines = attempts.map(({ deed, path, wanted }, i) =>
    // A name that is free for what is linked, and the file for what is renamed.
    checked(i + 1, DEEDS[deed]!.text(3, texts.put(path), texts.put(deed === 'link from' ? 'fresh' : IN)), wanted),
  )
  return `(module ${importsOf(...FILE_CALLS, ...calls)} (memory (export "memory") 1) ${texts.data} ${FILE_FUNCTIONS}
    (func (export "_start") ${lines.join('\n')} (call $proc_exit (i32.const 0))))`
}

const LINK_NAMES = ['a', 'b', 'sub/c', 'sub/deep/d'] as const
const linkTarget = fc.oneof(
  fc
    .tuple(
      fc.nat({ max: 4 }),
      fc.constantFrom('outside/secret.txt', 'outside', 'root-evil/secret.txt', 'root/in.txt', 'in.txt', 'sub', 'sub/deep', ''),
    )
    .map(([ups, to]) => `${'../'.repeat(ups)}${to}` || '.'),
  fc.constantFrom('{dir:outside}/secret.txt', '{dir:outside}', '/', '/etc/hostname', '/proc/self/environ', '/data/in.txt'),
  fc.constantFrom('a', 'b', 'sub/c', '../b', 'deep/d', 'a/../in.txt'),
)
const links = fc.uniqueArray(fc.tuple(fc.constantFrom(...LINK_NAMES), linkTarget), { selector: ([name]) => name, maxLength: 4 })

const component = fc.constantFrom(
  '..',
  '..',
  '.',
  '',
  'in.txt',
  'sub',
  'deep',
  'leaf.txt',
  'a',
  'b',
  'c',
  'd',
  'outside',
  'secret.txt',
  'root',
  'root-evil',
  'nothing',
)
/** Ways to write a path that some readers take for another one. */
const DRESSES: readonly ((path: string) => string)[] = [
  (path) => path,
  (path) => path,
  (path) => path,
  (path) => `/${path}`,
  (path) => `${path}/`,
  (path) => `${path}/.`,
  (path) => `./${path}`,
  (path) => `//${path}`,
  (path) => path.replaceAll('/', '//'),
  (path) => path.replaceAll('/', '\\'),
  (path) => `${path}\0.txt`,
  (path) => path.replaceAll('..', '%2e%2e'),
  (path) => path.replaceAll('..', '\uff0e\uff0e'),
  (path) => `sub/deep/${path}`,
]
const path = fc
  .tuple(
    fc.oneof(
      fc.array(component, { minLength: 1, maxLength: 7 }).map((names) => names.join('/')),
      // Straight out, from any depth.
      fc
        .tuple(
          fc.constantFrom('', 'sub/', 'sub/deep/', 'a/', 'sub/c/'),
          fc.integer({ min: 1, max: 5 }),
          fc.constantFrom('outside/secret.txt', 'root-evil/secret.txt', 'root/in.txt', 'etc/passwd'),
        )
        .map(([from, ups, to]) => `${from}${'../'.repeat(ups)}${to}`),
      fc.constantFrom(...LINK_NAMES),
      fc
        .tuple(fc.constantFrom(...LINK_NAMES), fc.constantFrom('secret.txt', 'outside/secret.txt', '..', '../in.txt'))
        .map((pair) => pair.join('/')),
    ),
    fc.constantFrom(...DRESSES),
  )
  .map(([plain, dress]) => dress(plain))

const wantedOf = (deed: Deed, place: ReturnType<typeof placeOf>, writable: boolean): Wanted => {
  if (place === 'outside') return 'fails'
  // Whatever it is, nothing may change on a mount that is read-only.
  if (deed.changes) return writable ? 'either' : 'fails'
  if (place === 'missing') return 'fails'
  return 'either'
}

const pathsOut = generator({
  name: 'paths-and-links',
  family: 'files',
  threats: [
    'FSX-01',
    'FSX-02',
    'FSX-03',
    'FSX-04',
    'FSX-06',
    'FSX-07',
    'FSX-13',
    'FSX-14',
    'FSX-16',
    'FSX-17',
    'FSX-20',
    'FSX-26',
    'FSX-30',
  ],
  provenance: 'POSIX base definitions 4.16; nodejs/uvwasi issues 266 to 303; oven-sh/bun issue 30304; Samsung/walrus issue 458',
  drafts: fc
    .record({
      links,
      writable: fc.boolean(),
      attempts: fc.array(fc.tuple(fc.constantFrom(...Object.keys(DEEDS)), path), { minLength: 1, maxLength: 8 }),
    })
    .map(({ links, writable, attempts }): Draft => {
      const tree: HostTree = { files: FILES, links: new Map(links.map(([name, target]) => [`root/${name}`, target])) }
      const judged = attempts.map(([deed, path]): Attempt => {
        const { follows } = DEEDS[deed]!
        return { deed, path, wanted: wantedOf(DEEDS[deed]!, placeOf(tree, 'root', path, follows), writable) }
      })
      // What may change a writable mount is for `two-mounts`; here every change is one too many.
      const tried = judged.filter(({ deed, wanted }) => !DEEDS[deed]!.changes || wanted === 'fails')
      const root = Object.fromEntries([...FILES].map(([name, text]) => [name.slice('root/'.length), text]))
      const setting: Setting = {
        directories: {
          root: { ...root, ...Object.fromEntries(links.map(([name, target]) => [name, { link: target }])) },
          ...OUTSIDE,
        },
      }
      const run = policyOf(directory('root', writable))
      const plain: Attempt[] = [
        { deed: 'read', path: IN, wanted: 'works' },
        { deed: 'read', path: 'sub/deep/leaf.txt', wanted: 'works' },
        { deed: 'stat', path: 'sub/other.txt', wanted: 'works' },
        ...(writable ? [{ deed: 'truncate', path: 'sub/made.txt', wanted: 'works' as const }] : []),
      ]
      return {
        title: `${
          tried
            .map(({ deed, path }) => `${deed} ${JSON.stringify(path)}`)
            .join(', ')
            .slice(0, 120) || 'nothing'
        }`,
        attack: { wat: attempting(tried), run, setting, expect: { ...exits(0), effects: [] } },
        twin: {
          wat: attempting(plain),
          run,
          setting,
          expect: { ...exits(0, 'insideleaf'), effects: writable ? ['root/sub/made.txt created'] : [] },
        },
      }
    }),
})

/** Links that the guest makes itself, in a tree in memory, and directories that it moves with links in them. */
const movedLinks = generator({
  name: 'moved-links',
  family: 'files',
  threats: ['FSX-05', 'FSX-06', 'FSX-10'],
  provenance: 'tetratelabs/wazero issue 2321; CVE-2025-43853 (WAMR); nodejs/uvwasi issues 272 and 303',
  drafts: fc
    .record({
      depth: fc.integer({ min: 1, max: 6 }),
      /** Steps upwards of the link beyond the root, once it is where it will be. */
      beyond: fc.integer({ min: 1, max: 3 }),
      /** How many levels the directory with the link moves up before the link is followed. */
      raised: fc.nat({ max: 5 }),
      /** Links from link to link before the one that leads out. */
      chain: fc.nat({ max: 5 }),
      target: fc.constantFrom('x', 'etc/passwd', '.', 'data/x'),
      through: fc.boolean(),
    })
    .map(({ depth, beyond, raised, chain, target, through }): Draft => {
      const up = Math.min(raised, depth - 1)
      const wat = (ups: number, to: string, moves: boolean, wanted: Wanted) => {
        const texts = new Texts(1024)
        const names = Array.from({ length: depth }, (_, i) => `d${i}`)
        const making = names.map(
          (_, i) => `(drop (call $path_create_directory (i32.const 3) ${texts.put(names.slice(0, i + 1).join('/'))}))`,
        )
        const deepest = names.join('/')
        const link = `(drop (call $path_symlink ${texts.put(`${'../'.repeat(ups)}${to}`)} (i32.const 3) ${texts.put(`${deepest}/l`)}))`
        const moved = moves && up > 0 ? [...names.slice(0, depth - 1 - up), 'moved'].join('/') : deepest
        const move =
          moved === deepest
            ? ''
            : `(drop (call $path_rename (i32.const 3) ${texts.put(deepest)} (i32.const 3) ${texts.put(moved)}))`
        const hops = Array.from(
          { length: chain },
          (_, i) =>
            `(drop (call $path_symlink ${texts.put(i === 0 ? `${moved}/l` : `h${i - 1}`)} (i32.const 3) ${texts.put(`h${i}`)}))`,
        )
        const last = chain > 0 ? `h${chain - 1}` : `${moved}/l`
        const path = through && chain === 0 ? `${moved}/../${moved.split('/').at(-1)}/l` : last
        return `(module ${importsOf(...FILE_CALLS, 'path_create_directory', 'path_symlink', 'path_rename')} (memory (export "memory") 1)
          ${FILE_FUNCTIONS}
          (func (export "_start")
            (if (call $make (i32.const 3) ${texts.put('x')} ${texts.vector('inside')}) (then (call $proc_exit (i32.const 9))))
            ${[...making, link, move, ...hops].join('\n')}
            ${checked(1, `(call $dump (i32.const 3) (i32.const 1) ${texts.put(path)})`, wanted)}
            (call $proc_exit (i32.const 0)))
          ${texts.data})`
      }
      const run = policyOf({ kind: 'memory', at: '/data' })
      return {
        title: `A link ${depth} levels down that leads ${beyond} above the root once it was raised by ${up}, through ${chain} more`,
        attack: { wat: wat(depth - up + beyond, target, true, 'fails'), run, expect: exits(0, '') },
        twin: { wat: wat(depth, 'x', false, 'works'), run, expect: exits(0, 'inside') },
      }
    }),
})

const swappedPaths = generator({
  name: 'swapped-paths',
  family: 'files',
  threats: ['FSX-08'],
  provenance: 'nodejs/node pull request 50396; GHSA-cp6g-6699-wx9c (vm2)',
  drafts: fc
    .record({
      depth: fc.nat({ max: 4 }),
      /** Which component changes place, counted from the root. */
      at: fc.nat({ max: 4 }),
      rounds: fc.integer({ min: 20, max: 150 }),
      follow: fc.boolean(),
      absolute: fc.boolean(),
    })
    .map(({ depth, at, rounds, follow, absolute }): Draft => {
      const names = [...Array.from({ length: depth }, (_, i) => `d${i}`), 'file.txt']
      const swapped = Math.min(at, depth)
      const path = names.join('/')
      const root = { [path]: 'inside' }
      // The same names below the place that the link leads to.
      const rest = names.slice(swapped + 1).join('/')
      const outside = { [rest === '' ? 'file.txt' : rest]: '{secret}' }
      const to = `{dir:outside}${rest === '' ? '/file.txt' : ''}`
      const link = absolute ? to : `${'../'.repeat(swapped + 1)}outside${rest === '' ? '/file.txt' : ''}`
      const wat = (strict: boolean) => {
        const texts = new Texts(1024)
        const wrong =
          '(i32.and (i32.eqz (local.get $errno)) (i32.ne (i64.ne (i64.load (i32.const 0x8000)) (i64.const 0x656469736e69)) (i32.const 0)))'
        return `(module ${importsOf('path_open', 'fd_read', 'fd_close', 'proc_exit')} (memory (export "memory") 1)
          (func $read (result i32) (local $errno i32)
            (i64.store (i32.const 0x8000) (i64.const 0)) (i32.store (i32.const 8) (i32.const 0x8000)) (i32.store (i32.const 12) (i32.const 0x1000))
            (local.set $errno (call $path_open (i32.const 3) (i32.const ${follow ? 1 : 0}) ${texts.put(path)} (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 0)))
            (if (local.get $errno) (then (return (local.get $errno))))
            (local.set $errno (call $fd_read (i32.load (i32.const 0)) (i32.const 8) (i32.const 1) (i32.const 16)))
            (drop (call $fd_close (i32.load (i32.const 0))))
            (if ${wrong} (then (call $proc_exit (i32.const 2))))
            (local.get $errno))
          (func (export "_start") (local $n i32)
            (loop $again
              ${checked(1, '(call $read)', strict ? 'works' : 'either')}
              (local.set $n (i32.add (local.get $n) (i32.const 1)))
              (br_if $again (i32.lt_u (local.get $n) (i32.const ${rounds}))))
            (call $proc_exit (i32.const 0)))
          ${texts.data})`
      }
      const run = { ...policyOf(directory('root', true)), limits: { wallClockMs: 30_000, cpuMs: 30_000 } }
      const expect = { ...exits(0), effects: [] }
      return {
        title: `Component ${swapped} of ${path} changes place with a link out, ${rounds} times read`,
        attack: {
          wat: wat(false),
          run,
          setting: { directories: { root, outside }, swaps: [{ path: `root/${names.slice(0, swapped + 1).join('/')}`, link }] },
          expect,
        },
        twin: { wat: wat(true), run, setting: { directories: { root, outside } }, expect },
      }
    }),
})

/** Names that a file system, a font or a reader takes for each other, and that are not the same. */
const LOOK_ALIKES: readonly (readonly [string, string])[] = [
  ['secret.txt', 'SECRET.TXT'],
  ['secret.txt', 'secret.txt.'],
  ['secret.txt', 'secret.txt '],
  ['secret.txt', ' secret.txt'],
  ['secret.txt', 'secret.txt::$DATA'],
  ['secret.txt', 'secr\u0435t.txt'],
  ['secret.txt', 'secret\u200b.txt'],
  ['secret.txt', '\ufeffsecret.txt'],
  ['caf\u00e9', 'cafe\u0301'],
  ['stra\u00dfe', 'strasse'],
  ['\u212b', '\u00c5'],
  ['\ufb01le', 'file'],
  ['i', '\u0131'],
  ['con', 'CON'],
  ['a b', 'a%20b'],
  ['a', 'a\u0000'],
  ['file', 'file~1'],
]
const nameForms = generator({
  name: 'names-that-look-alike',
  family: 'files',
  threats: ['FSX-21', 'FSX-03', 'FSX-19', 'FSX-20'],
  provenance: 'Unicode Standard Annex 15; CWE-178; path names of preview 1 are compared byte by byte',
  drafts: fc
    .record({
      pair: fc.constantFrom(...LOOK_ALIKES),
      turned: fc.boolean(),
      below: fc.boolean(),
      deed: fc.constantFrom('read', 'stat', 'unlink'),
    })
    .map(({ pair, turned, below, deed }): Draft => {
      // A name with a NUL cannot be made, so it can only be looked for.
      const [made, sought] = turned && !pair[1].includes('\0') ? [pair[1], pair[0]] : pair
      const wat = (name: string, wanted: Wanted) => {
        const texts = new Texts(1024)
        const place = (leaf: string) => texts.put(below ? `${leaf}/${leaf}` : leaf)
        return `(module ${importsOf(...FILE_CALLS, 'path_create_directory', DEEDS[deed]!.call)} (memory (export "memory") 1)
          ${FILE_FUNCTIONS}
          (func (export "_start")
            ${below ? checked(8, `(call $path_create_directory (i32.const 3) ${texts.put(made)})`, 'works') : ''}
            ${checked(9, `(call $make (i32.const 3) ${place(made)} ${texts.vector('inside')})`, 'works')}
            ${checked(1, DEEDS[deed]!.text(3, place(name), ''), wanted)}
            ${checked(2, `(call $dump (i32.const 3) (i32.const 0) ${place(made)})`, deed === 'unlink' && wanted === 'works' ? 'fails' : 'works')}
            (call $proc_exit (i32.const 0)))
          ${texts.data})`
      }
      const run = policyOf({ kind: 'memory', at: '/data' })
      const twice = deed === 'read' ? 'insideinside' : deed === 'unlink' ? '' : 'inside'
      return {
        title: `${deed} ${JSON.stringify(sought)} where there is ${JSON.stringify(made)}`,
        attack: { wat: wat(sought, 'fails'), run, expect: exits(0, 'inside') },
        twin: { wat: wat(made, 'works'), run, expect: exits(0, twice) },
      }
    }),
})

export const fileGenerators: readonly Generator[] = [pathsOut, movedLinks, twoMounts, swappedPaths, nameForms]
