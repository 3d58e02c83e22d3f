// Our own sandbox as a target: its results in the words of every target, the name server of a trial, and what its audit log holds.
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { RunOptions } from '../../src/attacks/attack.ts'
import { DEFAULT_LIMITS } from '../../src/attacks/limits.ts'
import { type Setting, settingSchema } from '../../src/attacks/setting.ts'
import { MadeSetting } from '../../src/campaign/setting/setting.ts'
import { ERRNO } from '../../src/sandbox/host/errno.ts'
import makeSandboxTarget from '../../src/targets/sandbox.ts'
import { UNENFORCED } from '../../src/targets/target.ts'
import { jailPids } from '../sandbox/support/jail-pids.ts'
import { FREE, OUT, script } from '../sandbox/support/script.ts'
import { wat } from '../sandbox/support/wat.ts'

const LEVELS = ['jail', 'inline'] as const
const targets = { jail: makeSandboxTarget('jail'), inline: makeSandboxTarget('inline') }
afterAll(() => Promise.all(LEVELS.map((level) => targets[level].close?.())))

const run = (level: (typeof LEVELS)[number], module: Uint8Array, options: RunOptions = {}) =>
  targets[level].run({ ...options, module, limits: { ...DEFAULT_LIMITS, ...options.limits } })
const KV = { policy: { capabilities: { kv: { namespace: 'a' } } } }

describe.each(LEVELS)('the sandbox as a target, %s', (level) => {
  it('calls what it was told to, or what every program has', async () => {
    const module = wat(
      '(module (func (export "run") (result i32) (i32.const 5)) (func (export "f") (param i64) (result i64) (local.get 0)))',
    )
    expect(await run(level, module)).toMatchObject({ outcome: 'completed', detail: 'completed', values: ['5'], audit: [] })
    expect(await run(level, module, { calls: [{ call: 'run' }, { call: 'f', args: [-1n] }] })).toMatchObject({ values: ['-1'] })
    expect(await run(level, module, { calls: [{ call: 'run' }, { call: 'g' }] })).toMatchObject({
      outcome: 'refused',
      detail: 'call-refused',
      messages: expect.arrayContaining([expect.stringContaining('exports no function "g"')]),
    })
  })

  it('answers a module that is refused, and one whose start fails', async () => {
    expect(await run(level, new Uint8Array(8))).toMatchObject({ outcome: 'refused', events: ['module-refused'], audit: [] })
    const module = wat('(module (func $s (unreachable)) (start $s))')
    expect(await run(level, module)).toMatchObject({ outcome: 'trapped', detail: 'trapped', audit: [] })
  })

  it('tells what the audit log holds, of each run its own', async () => {
    const sets = script((s) => [s.call('kv_set', 'k', 'v'), s.call('kv_set', 'k', 'w')])
    const misses = script((s) => [s.refused(ERRNO.noent, 'kv_get', 'k', FREE, 10, OUT)])
    expect(await run(level, sets, KV)).toMatchObject({ outcome: 'completed', audit: ['kv.set allowed', 'kv.set allowed'] })
    // Nothing of the run before is there.
    expect(await run(level, misses, KV)).toMatchObject({ outcome: 'completed', audit: ['kv.get allowed'] })
    const over = script((s) => [s.refused(ERRNO.dquot, 'kv_set', 'k', 'v')])
    const tight = { policy: { ...KV.policy, quotas: { kvEntries: 0 } } }
    expect(await run(level, over, tight)).toMatchObject({ audit: ['kv.set denied'], events: ['quota-exceeded'] })
  })

  it('tells it of a guest that did not get through its start too', async () => {
    const module = script((s) => ({ _initialize: [s.call('kv_set', 'k', 'v'), '(unreachable)'] }))
    expect(await run(level, module, KV)).toMatchObject({ outcome: 'trapped', audit: ['kv.set allowed'] })
  })

  it('says what it does not promise', () => {
    expect(targets[level].unenforced).toEqual(level === 'jail' ? [] : UNENFORCED)
  })
})

describe('the name server of a run', () => {
  let made: MadeSetting
  afterEach(() => made.remove())
  const around = async (setting: unknown) => {
    made = await MadeSetting.make(settingSchema.parse(setting) as Setting, 'secret')
  }

  it('is the one that names are looked up with', async () => {
    await around({
      servers: { api: { responses: [{ body: 'answer' }] } },
      names: { 'api.test': [['127.0.0.1']], 'moved.test': [['192.168.0.1']] },
    })
    const origins = ['http://api.test:{port:api}', 'http://moved.test:{port:api}', 'http://unknown.test:{port:api}']
    const options = made.run({
      policy: { capabilities: { net: { http: { allow: origins }, addresses: { allow: ['loopback'] } } } },
    })
    expect(options.dnsServer).toBe(made.filled('{dns}'))
    const module = script((s) => {
      const [api, moved, unknown] = origins.map((origin) => made.filled(origin))
      return [
        s.call('http_request', 'GET', `${api}/a`, '', '', 0, OUT),
        s.refused(ERRNO.acces, 'http_request', 'GET', `${moved}/b`, '', '', 0, OUT),
        s.refused(ERRNO.noent, 'http_request', 'GET', `${unknown}/c`, '', '', 0, OUT),
      ]
    })
    const before = jailPids()
    const result = await run('jail', module, options)
    expect([result.outcome, result.exitCode]).toEqual(['completed', 0])
    expect((await made.effects()).done).toEqual(['api: GET /a HTTP/1.1', 'dns: api.test', 'dns: moved.test', 'dns: unknown.test'])
    expect(result.audit).toContain('net.http allowed')
    expect(result.audit).toContain('net.http denied')
    // The sandbox of its own that such a run has is gone with it.
    if (process.platform === 'linux') expect(jailPids().filter((pid) => !before.includes(pid))).toEqual([])
  })
})
