// The references with which generated attacks compare a host: where a path leads, and which host a pattern means.
import { describe, expect, test } from 'vitest'
import { type HostTree, placeOf } from '../../../src/attacks/generators/host-tree.ts'
import { matches } from '../../../src/attacks/generators/network.ts'

const TREE: HostTree = {
  files: new Map([
    ['root/in.txt', 'inside'],
    ['root/sub/deep/leaf.txt', 'leaf'],
  ]),
  links: new Map([
    ['root/out', '../outside'],
    ['root/back', 'sub/../in.txt'],
    ['root/sub/up', '../../outside/x'],
    ['root/absolute', '/etc/passwd'],
    ['root/loop', 'loop'],
    ['root/sub/near', '../in.txt'],
  ]),
}

describe('placeOf', () => {
  test.each([
    ['in.txt', 'plain'],
    ['sub/deep/leaf.txt', 'plain'],
    ['./in.txt', 'inside'],
    ['sub/../in.txt', 'inside'],
    ['back', 'inside'],
    ['sub/near', 'inside'],
    ['..', 'outside'],
    ['sub/../../root/in.txt', 'outside'],
    ['/in.txt', 'outside'],
    ['in.txt\0', 'outside'],
    ['out', 'outside'],
    ['out/x', 'outside'],
    ['sub/up', 'outside'],
    ['absolute', 'outside'],
    ['nothing', 'missing'],
    ['nothing/../in.txt', 'missing'],
    ['in.txt/..', 'missing'],
    ['loop', 'missing'],
  ] as const)('%j leads to what is %s', (path, place) => {
    expect(placeOf(TREE, 'root', path, true)).toBe(place)
  })

  test('a link at the end is inside as long as nobody follows it', () => {
    expect(placeOf(TREE, 'root', 'out', false)).toBe('inside')
    // A slash behind it asks for the directory that it leads to.
    expect(placeOf(TREE, 'root', 'out/', false)).toBe('outside')
  })
})

test.each([
  ['a.example', 'a.example', true],
  ['a.example', 'A.Example', true],
  ['a.example', 'b.a.example', false],
  ['*.a.example', 'b.a.example', true],
  ['*.a.example', 'c.b.a.example', true],
  ['*.a.example', 'a.example', false],
  ['*.a.example', 'ba.example', false],
  ['*.a.example', '.a.example', false],
  ['*.a.example', 'b.a.example.evil.test', false],
])('the pattern %s and the host %s: %s', (pattern, host, wanted) => {
  expect(matches(pattern, host)).toBe(wanted)
})
