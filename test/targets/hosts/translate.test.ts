// What a foreign host has a setting for, and what it has none for.
import { describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS } from '../../../src/attacks/limits.ts'
import { mountsOf, untranslatable } from '../../../src/targets/hosts/translate.ts'
import type { TargetRun } from '../../../src/targets/target.ts'

const run = (more: Partial<TargetRun> = {}): TargetRun => ({ module: new Uint8Array(), limits: DEFAULT_LIMITS, ...more })
const mounting = (mount: object) => run({ policy: { capabilities: { fs: { mounts: [{ at: '/data', ...mount }] } } } })

describe('untranslatable', () => {
  it.each([
    ['a run without a policy', run()],
    ['a profile', run({ policy: { extends: 'relaxed' } })],
    ['streams and arguments', run({ policy: { capabilities: { stdio: null, args: true, env: false } } })],
    ['a mount in memory', mounting({ kind: 'memory' })],
    ['a live directory that is writable', mounting({ kind: 'directory', source: '/somewhere', writable: true })],
  ])('%s: nothing is in the way', (_what, given) => expect(untranslatable(given, ['memory', 'directory'])).toBeNull())

  it.each([
    ['a quota', run({ policy: { quotas: { fileBytes: 1 } } }), /quotas/],
    ['features', run({ policy: { features: { deny: ['simd'] } } }), /features/],
    ['a capability', run({ policy: { capabilities: { kv: { namespace: 'a' } } } }), /kv/],
    ['names that must be looked up', run({ dnsServer: '127.0.0.1:53' }), /network/],
    ['a copy of a directory', mounting({ kind: 'snapshot', source: '/somewhere' }), /snapshot at \/data/],
    ['a mount in memory that is read-only', mounting({ kind: 'memory', writable: false }), /read-only/],
    ['a live directory that is read-only', mounting({ kind: 'directory', source: '/somewhere' }), /read-only/],
    ['a layer of ours', run({ breach: { layer: 'jail', script: '' } }), /only our own/],
    ['a way of ours', run({ supply: {} }), /only known of our own/],
  ])('%s: says so', (_what, given, why) => expect(untranslatable(given, ['memory', 'directory'])).toMatch(why))

  it('names the mounts in their order', () => {
    const policy = {
      capabilities: {
        fs: {
          mounts: [
            { kind: 'memory', at: '/a' },
            { kind: 'memory', at: '/b' },
          ],
        },
      },
    }
    expect(mountsOf(run({ policy })).map(({ at }) => at)).toEqual(['/a', '/b'])
  })
})
