// The way of a module to our own sandbox as a target: each place at which it can end has its word, and what gets through runs with what was agreed to.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS } from '../../src/attacks/limits.ts'
import { cook } from '../../src/attacks/recipes/index.ts'
import makeSandboxTarget from '../../src/targets/sandbox.ts'
import type { Supply, TargetRun } from '../../src/targets/target.ts'
import { customSection } from '../../src/wasm/writer.ts'
import { wat } from '../sandbox/support/wat.ts'

const LEVELS = ['jail', 'inline'] as const
const targets = { jail: makeSandboxTarget('jail'), inline: makeSandboxTarget('inline') }
afterAll(() => Promise.all(LEVELS.map((level) => targets[level].close?.())))

const wishing = (capabilities: readonly object[], version = '1.0.0') => {
  const contents = JSON.stringify({ manifest: 1, name: 'a-module', version, capabilities })
  return cook('names', { customs: [{ name: 'gauntlet.manifest', contents }] })
}
const RANDOM = { capability: 'random', reason: 'To choose.' }
const PLAIN = cook('names', {})

let temporary: string
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'gauntlet-test-'))
})
afterEach(() => rmSync(temporary, { recursive: true, force: true }))

describe.each(LEVELS)('a module on its way to the sandbox, %s', (level) => {
  const run = (module: Uint8Array, supply: Supply, policy?: TargetRun['policy']) =>
    targets[level].run({ module, limits: DEFAULT_LIMITS, supply, policy })

  it('is stopped by a policy that cannot be used, as text and as data', async () => {
    const refused = { outcome: 'refused', detail: 'policy-refused' }
    for (const policyText of ['{"a": 1}', 'a: 1\na: 2', '[]extra', 'true', '{"__proto__": {"name": "x"}}'])
      expect(await run(PLAIN, { policyText }), policyText).toMatchObject(refused)
    expect(await run(PLAIN, {}, { quotas: { handles: 1 } })).toMatchObject(refused)
    expect(await targets[level].run({ module: PLAIN, limits: DEFAULT_LIMITS, policy: { name: 7 } })).toMatchObject(refused)
    expect(await run(PLAIN, { policyText: 'quotas: {handles: 9}' })).toMatchObject({ outcome: 'completed', values: ['42'] })
  })

  it('is stopped by a manifest that is missing or not the same twice', async () => {
    const refused = { outcome: 'refused', detail: 'manifest-refused' }
    expect(await run(PLAIN, { manifest: { required: true } })).toMatchObject(refused)
    expect(await run(wishing([]), { manifest: { side: '{}' } })).toMatchObject(refused)
    expect(await run(PLAIN, { manifest: {} })).toMatchObject({ outcome: 'completed' })
  })

  it('runs if somebody agreed to it, and to no less', async () => {
    const manifest = {}
    const module = wishing([RANDOM])
    const granted = { module, answer: 'granted' as const }
    expect(await run(module, { manifest })).toMatchObject({ outcome: 'refused', detail: 'consent-refused' })
    expect(await run(module, { manifest, before: [granted] })).toMatchObject({ outcome: 'completed', values: ['42'] })
    const denied = { ...granted, answer: 'denied' as const }
    expect(await run(module, { manifest, before: [denied] })).toMatchObject({ detail: 'consent-refused' })
    // Of one run nothing is left for the next.
    expect(await run(module, { manifest })).toMatchObject({ detail: 'consent-refused' })
  })

  it('gets no more than its manifest asks for', async () => {
    const withManifest = (capabilities: readonly object[]) => {
      const contents = JSON.stringify({ manifest: 1, name: 'a-module', version: '1.0.0', capabilities })
      const module = wat(`(module
        (import "wasi_snapshot_preview1" "random_get" (func (param i32 i32) (result i32)))
        (memory (export "memory") 1) (func (export "run")))`)
      return Buffer.concat([module, customSection('gauntlet.manifest', Buffer.from(contents))])
    }
    expect(await run(withManifest([]), { manifest: {} })).toMatchObject({
      outcome: 'refused',
      events: ['module-refused', 'syscall-blocked'],
    })
    const asked = withManifest([RANDOM])
    expect(await run(asked, { manifest: {}, before: [{ module: asked, answer: 'granted' }] })).toMatchObject({
      outcome: 'completed',
    })
  })

  it('comes after modules that were run in the same sandbox, whatever became of those', async () => {
    const before = [{ module: new Uint8Array(8) }, { module: PLAIN, policy: { extends: 'strict' }, principal: 'acme' }]
    expect(await run(PLAIN, { before, principal: 'acme' })).toMatchObject({ outcome: 'completed', values: ['42'] })
  })

  it('leaves its files in an empty directory, and is not run for another', async () => {
    const module = wat(`(module
      (import "wasi_snapshot_preview1" "path_create_directory" (func $mkdir (param i32 i32 i32) (result i32)))
      (memory (export "memory") 1) (data (i32.const 0) "made")
      (func (export "run") (result i32) (call $mkdir (i32.const 3) (i32.const 0) (i32.const 4))))`)
    const policy = { capabilities: { fs: { mounts: [{ kind: 'memory', at: '/data' }] } } }
    const out = join(temporary, 'out')
    expect(await run(module, { out }, policy)).toMatchObject({ outcome: 'completed', values: ['0'] })
    expect(existsSync(join(out, 'data', 'made'))).toBe(true)
    writeFileSync(join(temporary, 'mine'), 'mine')
    const refused = await run(module, { out: temporary }, policy)
    expect(refused).toMatchObject({ outcome: 'refused', detail: 'out-refused', values: [] })
    expect(refused.messages.join()).not.toContain(temporary)
    expect(readFileSync(join(temporary, 'mine'), 'utf8')).toBe('mine')
  })
})

it('leaves no file of consents behind', async () => {
  const mine = () => readdirSync(tmpdir()).filter((name) => name.startsWith('gauntlet-supply-'))
  const before = mine()
  await targets.inline.run({ module: wishing([RANDOM]), limits: DEFAULT_LIMITS, supply: { manifest: {} } })
  expect(mine().filter((name) => !before.includes(name))).toEqual([])
})
