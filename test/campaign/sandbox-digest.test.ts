// The digest that ties a report to the sandbox's files: what the documented shell command says, and nothing less.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sandboxDigest } from '../../src/campaign/sandbox-digest.ts'

const dir = mkdtempSync(join(tmpdir(), 'gauntlet-digest-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))
beforeAll(() => {
  mkdirSync(join(dir, 'sandbox', 'a-b'), { recursive: true })
  mkdirSync(join(dir, 'wasm'))
  writeFileSync(join(dir, 'sandbox', 'a-b', 'one.js'), 'one')
  writeFileSync(join(dir, 'sandbox', 'a.js'), 'two')
  writeFileSync(join(dir, 'wasm', 'Z.js'), 'three')
})

it.skipIf(process.platform === 'win32')('is what the shell command of the documentation says', () => {
  const command = "find sandbox wasm -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -d' ' -f1"
  for (const folder of [dir, resolve(import.meta.dirname, '..', '..', 'src')])
    expect(sandboxDigest(folder)).toBe(execFileSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' }).trim())
})

it('changes with any byte and any name', () => {
  const before = sandboxDigest(dir)
  writeFileSync(join(dir, 'wasm', 'Z.js'), 'thref')
  const changed = sandboxDigest(dir)
  writeFileSync(join(dir, 'wasm', 'Z.js'), 'three')
  writeFileSync(join(dir, 'wasm', 'Y.js'), '')
  const added = sandboxDigest(dir)
  expect(new Set([before, changed, added]).size).toBe(3)
})

it('is not there where the sources are not', () => {
  expect(sandboxDigest(join(dir, 'nowhere'))).toBeUndefined()
})
