// The compiled guests are those of SHA256SUMS, small, and ask for nothing that the ABI table does not have.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MODULES } from '../../examples/guests/build.ts'
import { inspectModule } from '../../src/sandbox/index.ts'

const HERE = new URL('../../examples/guests/', import.meta.url)
const SUMS = new Map(
  readFileSync(new URL('SHA256SUMS', HERE), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('  ').reverse() as [string, string]),
)
const MiB = 2 ** 20
/** Go's runtime alone has 1.8 MB. */
const largest = (path: string) => (path.startsWith('go/') ? 2.25 * MiB : 100_000)
const net = { http: { allow: ['https://probe.test'] }, dns: { allow: ['probe.test'] }, tcp: { allow: ['probe.test:443'] } }

it('SHA256SUMS names every module that the build makes, and no other', () => {
  expect([...SUMS.keys()]).toEqual(MODULES)
})

describe.each(MODULES)('%s', (path) => {
  const bytes = readFileSync(new URL(path, HERE))

  it('is the module of SHA256SUMS', () => expect(createHash('sha256').update(bytes).digest('hex')).toBe(SUMS.get(path)))
  it('is small', () => expect(bytes.length).toBeLessThan(largest(path)))
  it('is admitted where its capability is granted', () =>
    expect(inspectModule(bytes, { extends: 'default', capabilities: { net } })).toMatchObject({ verdict: 'admitted' }))
})
