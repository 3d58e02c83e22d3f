// The page on snapshots has every code, and only codes that there are.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { SNAPSHOT_PROBLEMS } from '../../src/sandbox/snapshot/error.ts'
import { CAPTURE_PROBLEMS } from '../../src/sandbox/snapshot/problem.ts'

it('docs/snapshots.md explains each code once', () => {
  const page = readFileSync(new URL('../../docs/snapshots.md', import.meta.url), 'utf8')
  const table = page.slice(page.indexOf('| code | why |'), page.indexOf('## Who may write the file'))
  const codes = [...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1])
  expect(codes.toSorted()).toEqual([...CAPTURE_PROBLEMS, ...SNAPSHOT_PROBLEMS].toSorted())
})
