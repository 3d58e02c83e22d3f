// The chamber notices whatever a target does, ends it, and leaves nothing running.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Condition, Trial } from '../../src/attacks/attack.ts'
import type { Setting } from '../../src/attacks/setting.ts'
import { Chamber, ChamberError, inFreshChamber } from '../../src/campaign/chamber.ts'
import { allProcesses, HAS_PROC } from '../../src/campaign/processes.ts'
import { judgeTrial, violationOf } from '../../src/oracles/judge.ts'

const FIXTURES = join(import.meta.dirname, '..', 'targets', 'fixtures')
const MISBEHAVING = join(FIXTURES, 'misbehaving.ts')
/** On the command line of the processes that the fixture leaks; of this run only, as others may go on at the same time. */
const marker = `leaked-${process.pid}-${Date.now()}`

const trial = (
  behaviour: string,
  changes: { withinMs?: number; residentMiB?: number; conditions?: Condition[] } = {},
): Trial => ({
  bytes: new TextEncoder().encode(behaviour),
  run: { args: [marker] },
  expect: {
    outcomes: ['completed'],
    ...(changes.withinMs ? { withinMs: changes.withinMs } : {}),
    ...(changes.residentMiB ? { residentMiB: changes.residentMiB } : {}),
  },
  ...(changes.conditions ? { conditions: changes.conditions } : {}),
})

/** Oracle and code of the first violation that the behaviour comes to, or `contained`. */
async function outcomeOf(behaviour: string, changes: Parameters<typeof trial>[1] = {}, hardCapBytes?: number): Promise<string> {
  const one = trial(behaviour, changes)
  const options = { target: MISBEHAVING, ...(hardCapBytes ? { hardCapBytes } : {}) }
  const { observation } = await inFreshChamber(options, behaviour, one)
  const verdict = judgeTrial(one, observation, false)
  const violation = violationOf(verdict)
  return violation ? `${violation.oracle} ${violation.code}` : verdict.kind
}

/** Processes that the fixture has leaked and that are alive. */
function survivors(): string[] {
  const table = HAS_PROC
    ? allProcesses().map(({ pid }) => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
        } catch {
          return ''
        }
      })
    : execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' }).split('\n')
  return table.filter((line) => line.includes(marker))
}
afterEach(async () => {
  // A process that was killed needs a moment to be gone.
  for (let i = 0; i < 100 && survivors().length > 0; i++) await new Promise((resolve) => setTimeout(resolve, 50))
  expect(survivors()).toEqual([])
})

describe('one trial in a chamber', () => {
  it.each([
    ['fine', 'contained'],
    ['warns', 'contained'],
    ['exits', 'process host-died'],
    ['aborts', 'process host-died'],
    ['throws', 'process target-threw'],
    ['throws-odd', 'process target-threw'],
    ['junk', 'process target-threw'],
    ['rejects', 'process unhandled-error'],
    ['throws-later', 'process unhandled-error'],
    ['lies-to-parent', 'process unhandled-error'],
    ['unknown-outcome', 'verdict outcome-unknown'],
    ['echoes', 'verdict hostile-text'],
    ['pollutes', 'canary prototype'],
    ['replaces-then', 'canary prototype'],
    ['removes-marker', 'canary global-marker'],
    ['prints-secret', 'canary environment-secret'],
    ['prints-secret-base64', 'canary environment-secret'],
    ['tells-file-secret', 'canary file-secret'],
    ['writes-secret-to-stderr', 'canary environment-secret'],
    ['touches-file', 'canary file-changed'],
    ['connects', 'canary connection'],
  ])('%s: %s', async (behaviour, expected) => {
    expect(await outcomeOf(behaviour)).toBe(expected)
  })

  it.each(['hangs', 'never-answers'])('%s: is killed and called hung', async (behaviour) => {
    expect(await outcomeOf(behaviour, { withinMs: 300 })).toBe('time hung')
  })

  it.skipIf(!HAS_PROC).each(['leaks-child', 'leaks-daemon'])('%s: counts the process and ends it', async (behaviour) => {
    expect(await outcomeOf(behaviour)).toBe('process orphans')
  })

  it.skipIf(!HAS_PROC)('swells: is killed at the hard cap', async () => {
    expect(await outcomeOf('swells', { withinMs: 30_000, residentMiB: 200 }, 512 * 1024 * 1024)).toBe('resource memory-overrun')
  })

  it('measures how long the main thread does not react', async () => {
    const { observation } = await inFreshChamber({ target: MISBEHAVING }, 'blocks', trial('blocks'))
    expect(observation.chamber.longestBlockMs).toBeGreaterThanOrEqual(350)
    expect(observation.elapsedMs).toBeGreaterThanOrEqual(observation.chamber.longestBlockMs - 50)
  })

  it('tells how the process ended', async () => {
    const { observation } = await inFreshChamber({ target: MISBEHAVING }, 'exits', trial('exits'))
    expect(observation).toMatchObject({ result: null, chamber: { exitCode: 7, signal: null, hung: false } })
  })

  it('notices a target that does not close', async () => {
    const { observation } = await inFreshChamber({ target: join(FIXTURES, 'slow-to-close.ts') }, 'fine', trial('fine'))
    expect(observation.chamber.unhandled).toContain('the target did not close within its time')
  })
})

describe('conditions', () => {
  it('changes the bytes right after the call', async () => {
    const { observation } = await inFreshChamber(
      { target: MISBEHAVING },
      'x',
      trial('reads-bytes-late', { conditions: ['bytes-mutated-after-call'] }),
    )
    // The target decoded the name before, and looked at the first byte after: 0 instead of "r".
    expect(observation.result?.values).toEqual(['0'])
  })
  it('leaves the bytes alone otherwise', async () => {
    const { observation } = await inFreshChamber({ target: MISBEHAVING }, 'x', trial('reads-bytes-late'))
    expect(observation.result?.values).toEqual(['114'])
  })
  it('notices a neighbour that does not end as if it were alone', async () => {
    expect(await outcomeOf('fine', { conditions: ['benign-neighbour'] })).toBe('canary neighbour-disturbed')
  })
  it('takes the pollution of Object.prototype back', async () => {
    const chamber = await Chamber.open({ target: 'bare' })
    const { assemble } = await import('../../src/attacks/assemble.ts')
    const bytes = await assemble('(module (import "gift" "wrapped" (func)) (func (export "run")))')
    const polluted: Trial = { bytes, run: {}, expect: { outcomes: ['refused'] }, conditions: ['polluted-object-prototype'] }
    const first = await chamber.run('polluted', polluted)
    // A host with plain import objects finds the import on the prototype.
    expect(first.result?.outcome).toBe('completed')
    expect(first.canaries).toEqual([])
    const { conditions: _, ...clean } = polluted
    expect((await chamber.run('clean', clean)).result?.outcome).toBe('refused')
    await chamber.close()
  })
})

describe('a setting', () => {
  const setting: Setting = {
    directories: { root: { 'a.txt': 'text', secret: '{secret}' } },
    servers: { api: { responses: [{ status: 200, headers: {}, body: 'yes', delayMs: 0 }] } },
  }
  const around = (behaviour: string, file = 'a.txt', expectation: Partial<Trial['expect']> = {}): Trial => ({
    bytes: new TextEncoder().encode(behaviour),
    run: { args: [`{dir:root}/${file}`], env: { SERVER: 'http://127.0.0.1:{port:api}/path' } },
    expect: { outcomes: ['completed'], ...expectation },
    setting,
  })
  const violationIn = async (one: Trial) => {
    const { observation } = await inFreshChamber({ target: MISBEHAVING }, 'setting', one)
    const violation = violationOf(judgeTrial(one, observation, false))
    return violation ? `${violation.oracle} ${violation.code}` : 'contained'
  }

  it.each([
    ['left alone', around('fine'), 'contained'],
    ['changed', around('changes-setting'), 'effect effect-not-expected'],
    ['changed as it may be', around('changes-setting', 'a.txt', { effects: ['root/a.txt changed'] }), 'contained'],
    [
      'left alone where it must be changed',
      around('fine', 'a.txt', { effects: ['root/a.txt changed'] }),
      'effect effect-missing',
    ],
    ['asked', around('asks-setting'), 'effect effect-not-expected'],
    ['asked as it may be', around('asks-setting', 'a.txt', { effects: ['api: GET /path HTTP/1.1'] }), 'contained'],
    ['whose place is told', around('tells-setting'), 'canary host-path'],
    ['whose secret is told', around('prints-setting', 'secret'), 'canary file-secret'],
    ['whose text is told, which is none', around('prints-setting'), 'contained'],
  ])('that is %s', async (_name, one, expected) => {
    expect(await violationIn(one)).toBe(expected)
  })

  it('is made anew for each trial, and gone after it', async () => {
    const chamber = await Chamber.open({ target: MISBEHAVING })
    const one = around('changes-setting', 'a.txt', { effects: ['root/a.txt changed'] })
    for (const _ of [1, 2]) expect((await chamber.run('x', one)).effects?.done).toEqual(['root/a.txt changed'])
    expect((await chamber.run('x', trial('fine'))).effects).toBeNull()
    await chamber.close()
  })
})

describe('a chamber that is used again', () => {
  it('takes many trials and stays usable', async () => {
    const chamber = await Chamber.open({ target: MISBEHAVING })
    for (let i = 0; i < 20; i++) expect((await chamber.run('fine', trial('fine'))).result?.outcome).toBe('completed')
    expect(chamber.usable).toBe(true)
    expect(await chamber.describe()).toEqual({ kind: 'fixture' })
    const end = await chamber.close()
    expect(end).toMatchObject({ exitCode: 0, signal: null, killed: false, orphans: 0, canaries: [] })
    expect(await chamber.close()).toBe(end)
  })
  it.each(['throws', 'pollutes', 'rejects', 'exits', 'prints-secret'])('is not usable after: %s', async (behaviour) => {
    const chamber = await Chamber.open({ target: MISBEHAVING })
    await chamber.run(behaviour, trial(behaviour))
    expect(chamber.usable).toBe(false)
    await expect(chamber.run('fine', trial('fine'))).rejects.toThrow('cannot take a trial')
    await chamber.close()
  })
})

describe('opening', () => {
  it.each([
    ['an adapter that throws', join(FIXTURES, 'wrong', 'throwing-module.ts'), /not today/],
    ['an adapter that is no target', join(FIXTURES, 'wrong', 'no-target.ts'), /`run` must be a function/],
    ['an adapter that is not there', '/nowhere/adapter.ts', /does not exist/],
  ])('fails with one sentence for %s', async (_name, target, message) => {
    const opening = Chamber.open({ target })
    await expect(opening).rejects.toThrow(ChamberError)
    await expect(opening).rejects.toThrow(message)
  })
})

describe('the end of the parent', () => {
  /** Starts a parent that opens a chamber and keeps a trial running in it; returns once the parent has told the chamber's pid. */
  async function withParent(behaviour: string): Promise<number> {
    const { spawn } = await import('node:child_process')
    const script = `
      import { Chamber } from ${JSON.stringify(join(import.meta.dirname, '..', '..', 'src', 'campaign', 'chamber.ts'))}
      const chamber = await Chamber.open({ target: ${JSON.stringify(MISBEHAVING)} })
      const trial = { bytes: new TextEncoder().encode(${JSON.stringify(behaviour)}), run: {}, expect: { outcomes: ['completed'], withinMs: 60_000 } }
      chamber.run('x', trial)
      setTimeout(() => console.log(chamber.pid), 300)`
    const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))))
    parent.kill('SIGKILL')
    return pid
  }
  const alive = (pid: number): boolean =>
    HAS_PROC ? existsSync(`/proc/${pid}/stat`) && allProcesses().some((info) => info.pid === pid) : process.kill(pid, 0)

  it.each(['never-answers', 'hangs'])('by SIGKILL ends the chamber too, while the target: %s', async (behaviour) => {
    const pid = await withParent(behaviour)
    expect(pid).toBeGreaterThan(0)
    // Bounded by the test's own time only: how soon depends on the machine.
    while (alive(pid)) await new Promise((resolve) => setTimeout(resolve, 50))
    expect(alive(pid)).toBe(false)
  })
})
