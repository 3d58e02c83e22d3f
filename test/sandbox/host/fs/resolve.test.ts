// Path resolution over a small tree: where paths lead, where they end, and that they never lead out.
import { describe, expect, it } from 'vitest'
import { ERRNO, errnoName, GuestFault } from '../../../../src/sandbox/host/errno.ts'
import { FILE_TYPE } from '../../../../src/sandbox/host/fs/file-system.ts'
import {
  type LastLink,
  leadsOut,
  type Node,
  PathEscape,
  parentOf,
  resolve,
  resolveLater,
  resolveNow,
  type Step,
} from '../../../../src/sandbox/host/fs/resolve.ts'

interface TestNode extends Node {
  readonly label: string
  readonly target?: string
  readonly children?: Readonly<Record<string, TestNode>>
}
const dir = (label: string, children: Record<string, TestNode> = {}): TestNode => ({ type: FILE_TYPE.directory, label, children })
const file = (label: string): TestNode => ({ type: FILE_TYPE['regular-file'], label })
const link = (label: string, target: string): TestNode => ({ type: FILE_TYPE['symbolic-link'], label, target })

const deep = dir('deep', { file: file('a/deep/file'), up: link('up', '../..'), out: link('out', '../../../x') })
const tree = dir('root', {
  file: file('file'),
  a: dir('a', { deep, back: link('back', '../file'), loop: link('loop', 'loop') }),
  toDeep: link('toDeep', 'a/deep'),
  toSlash: link('toSlash', 'a/'),
  toFile: link('toFile', 'file'),
  toFileSlash: link('toFileSlash', 'file/'),
  absolute: link('absolute', '/file'),
  parent: link('parent', '..'),
  dangling: link('dangling', 'a/new'),
  empty: link('empty', ''),
  '...': file('dots'),
  ' ': file('space'),
})
const limits = { nameBytes: 20, pathBytes: 200 }
const answer = (step: Step<TestNode>) =>
  step.kind === 'look-up'
    ? Object.hasOwn(step.directory.children!, step.name)
      ? step.directory.children![step.name]!
      : null
    : step.link.target!

/** What the path leads to; for a name that is free, the directory that would hold it. */
function where(path: string, lastLink: LastLink = 'follow', start = tree): string {
  try {
    const found = resolveNow(resolve(start, path, lastLink, limits), answer)
    return found.node ? found.node.label : `${parentOf(found).label}:${found.name}`
  } catch (error) {
    if (error instanceof PathEscape) return 'escape'
    if (error instanceof GuestFault) return errnoName(error.errno)!
    throw error
  }
}

describe('resolve', () => {
  it.each([
    ['file', 'file'],
    ['./file', 'file'],
    ['a//deep/.///file', 'a/deep/file'],
    ['a/deep/../../file', 'file'],
    ['a/deep/..', 'a'],
    ['.', 'root'],
    ['a/..', 'root'],
    ['...', 'dots'],
    [' ', 'space'],
    ['new', 'root:new'],
    ['a/new', 'a:new'],
    ['new/', 'root:new'],
    ['toDeep', 'deep'],
    ['toDeep/..', 'a'],
    ['toDeep/../back', 'file'],
    ['a/deep/up', 'root'],
    ['a/deep/up/a', 'a'],
    ['dangling', 'a:new'],
    ['toSlash', 'a'],
    ['hasOwnProperty', 'root:hasOwnProperty'],
  ])('%j leads to %s', (path, label) => {
    expect(where(path)).toBe(label)
  })

  it.each([
    ['', 'noent'],
    ['no/file', 'noent'],
    ['no/../file', 'noent'],
    ['file/', 'notdir'],
    ['file/.', 'notdir'],
    ['file/..', 'notdir'],
    ['file/x', 'notdir'],
    ['toFile/', 'notdir'],
    ['toFileSlash', 'notdir'],
    ['empty', 'noent'],
    ['a/loop', 'loop'],
    ['a/loop/x', 'loop'],
    ['fi\0le', 'inval'],
    ['x'.repeat(21), 'nametoolong'],
    ['é'.repeat(11), 'nametoolong'],
    [`a/${'./'.repeat(100)}`, 'nametoolong'],
  ])('%j is %s', (path, errno) => {
    expect(where(path)).toBe(errno)
  })

  it('takes names and paths of exactly the longest length', () => {
    expect(where('x'.repeat(20))).toBe(`root:${'x'.repeat(20)}`)
    expect(where(`${'./'.repeat(98)}file`)).toBe('file')
  })

  it.each([
    '..',
    '../root',
    '/',
    '/file',
    '//file',
    './..',
    'a/../..',
    'a/deep/../../..',
    'a/./..//../file',
    'toDeep/../../..',
    'a/deep/up/..',
    'a/deep/out',
    'absolute',
    'absolute/x',
    'parent',
    'parent/root/file',
  ])('%j leads out', (path) => {
    expect(where(path)).toBe('escape')
  })

  it('keeps within the directory that the path is given to, not only within the mount', () => {
    expect(where('../file', 'follow', tree.children!['a'])).toBe('escape')
    expect(where('back', 'follow', tree.children!['a'])).toBe('escape')
    expect(where('deep/../deep/file', 'follow', tree.children!['a'])).toBe('a/deep/file')
  })

  it('answers perm for an escape', () => {
    expect(new PathEscape().errno).toBe(ERRNO.perm)
  })

  it('keeps a link at the end, unless a slash or a dot comes after it', () => {
    expect(where('toDeep', 'keep')).toBe('toDeep')
    expect(where('a/deep/out', 'keep')).toBe('out')
    expect(where('toDeep/', 'keep')).toBe('deep')
    expect(where('toDeep/.', 'keep')).toBe('deep')
    expect(where('absolute/', 'keep')).toBe('escape')
    expect(where('toFile/', 'keep')).toBe('notdir')
    expect(where('toDeep/file', 'keep')).toBe('a/deep/file')
  })

  it('never follows a link that is an entry to be changed, but says that a directory was meant', () => {
    const found = resolveNow(resolve(tree, 'toDeep/', 'entry', limits), answer)
    expect([found.node!.label, found.name, found.mustBeDirectory]).toEqual(['toDeep', 'toDeep', true])
    expect(resolveNow(resolve(tree, 'file/', 'entry', limits), answer).node!.label).toBe('file')
  })

  it('tells the directories that were really passed', () => {
    const found = resolveNow(resolve(tree, 'toDeep/../deep/file', 'follow', limits), answer)
    expect(found.directories.map(({ label }) => label)).toEqual(['root', 'a', 'deep'])
    expect([found.name, found.mustBeDirectory]).toEqual(['file', false])
    expect(resolveNow(resolve(tree, 'a/.', 'follow', limits), answer)).toMatchObject({ name: null, mustBeDirectory: true })
    expect(resolveNow(resolve(tree, 'a/deep/..', 'follow', limits), answer)).toMatchObject({ name: null, mustBeDirectory: true })
  })

  it('follows 40 links and not one more', () => {
    const chain = (length: number) => {
      const children: Record<string, TestNode> = { l0: file('end') }
      for (let i = 1; i <= length; i++) children[`l${i}`] = link(`l${i}`, `l${i - 1}`)
      return dir('root', children)
    }
    expect(where('l40', 'follow', chain(40))).toBe('end')
    expect(where('l41', 'follow', chain(41))).toBe('loop')
  })

  it('gives the same over a tree that has to be asked', async () => {
    for (const path of ['toDeep/../back', 'a/deep/out', 'new', 'file/']) {
      const later = await resolveLater(resolve(tree, path, 'follow', limits), async (step) => answer(step)).then(
        (found) => found.node?.label ?? `${parentOf(found).label}:${found.name}`,
        (error) => (error instanceof PathEscape ? 'escape' : errnoName((error as GuestFault).errno)),
      )
      expect([path, later]).toEqual([path, where(path)])
    }
  })
})

describe('leadsOut', () => {
  it.each([
    ['x', 0, false],
    ['a/../b', 0, false],
    ['..', 0, true],
    ['..', 1, false],
    ['../..', 1, true],
    ['a/../../b', 0, true],
    ['/x', 9, true],
    ['./.././..', 2, false],
    ['a//..//..', 0, true],
  ])('%j with %i directories above: %s', (target, depth, out) => {
    expect(leadsOut(target, depth)).toBe(out)
  })
})
