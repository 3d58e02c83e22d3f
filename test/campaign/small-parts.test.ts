// The small rules of a campaign: what applies to whom, what must be seen, how it ends, who runs beside whom.
import { spawn } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { Expectation } from '../../src/attacks/attack.ts'
import { applies } from '../../src/campaign/applies.ts'
import { toOutcome } from '../../src/campaign/chamber-result.ts'
import { doubtOf, exitCodeOf } from '../../src/campaign/exit-code.ts'
import { seedFor } from '../../src/campaign/generated.ts'
import { forEachParallel } from '../../src/campaign/pool.ts'
import { familyOf, HAS_PROC, kill, killGroup, leftBehind, parsePs, readProcess } from '../../src/campaign/processes.ts'
import { DEMANDS, selfCheck } from '../../src/campaign/self-check.ts'
import type { FindingRecord, TrialRecord, WeakeningRecord } from '../../src/reports/run-record.ts'
import { UNENFORCED, type Unenforced } from '../../src/targets/target.ts'

describe('applies', () => {
  const loop: Expectation = { outcomes: ['limit'], details: ['wall-clock-limit', 'cpu-limit'] }
  it.each<[string, Expectation, ('time' | 'resident-memory')[], boolean]>([
    ['a loop, to a target that promises time', loop, [], true],
    ['a loop, to one that does not', loop, ['time'], false],
    ['a loop, to one that promises only time', loop, ['resident-memory'], true],
    ['a flood that the output limit ends', { outcomes: ['limit'], details: ['output-limit', 'cpu-limit'] }, ['time'], true],
    [
      'memory that is touched',
      { outcomes: ['limit'], details: ['cpu-limit', 'memory-limit'] },
      ['time', 'resident-memory'],
      false,
    ],
    [
      'memory that is touched, where it is promised',
      { outcomes: ['limit'], details: ['cpu-limit', 'memory-limit'] },
      ['time'],
      true,
    ],
    ['a limit without a name', { outcomes: ['limit'] }, ['time'], false],
    ['what may also trap', { outcomes: ['trapped', 'limit'] }, ['time'], true],
  ])('%s', (_name, expectation, unenforced, expected) => expect(applies({ expect: expectation }, unenforced)).toBe(expected))

  const around = { expect: { outcomes: ['exited'] }, setting: { directories: { root: {} } } } as const
  it.each<[string, Unenforced[], boolean]>([
    ['one whose guests wait for host calls', [], true],
    ['one that promises that, and no limit', ['time', 'resident-memory'], true],
    ['one whose guests cannot wait', ['waiting-host-calls'], false],
    ['one that promises nothing', [...UNENFORCED], false],
  ])('what has something around it, to %s', (_name, unenforced, expected) => expect(applies(around, unenforced)).toBe(expected))
  it.each<[string, Unenforced[], boolean, boolean]>([
    ['our own sandbox in a jail', [], true, true],
    ['our own without one', [...UNENFORCED], true, false],
    ['the host of somebody else', [], false, false],
  ])('what begins within a layer, to %s', (_name, unenforced, own, expected) => {
    const within = { expect: { outcomes: ['completed'] }, run: { breach: { layer: 'cell', script: '' } } } as const
    expect(applies(within, unenforced, own)).toBe(expected)
  })
  it('what needs no host call that waits, to one that has none', () =>
    expect(applies({ expect: loop }, ['waiting-host-calls'])).toBe(true))
})

describe('selfCheck', () => {
  const trials = DEMANDS.map(({ threats }) => ({
    target: 'bare',
    role: 'attack',
    verdict: 'violated',
    threats: [threats[0]!],
  })) as TrialRecord[]
  it('is content when everything was noticed', () => expect(selfCheck(trials, 'bare')).toBeNull())
  it.each(DEMANDS.map((demand, index) => [demand.what, index] as const))('misses %s', (what, index) => {
    expect(selfCheck(trials.toSpliced(index, 1), 'bare')).toContain(what)
    const contained = trials.map((trial, i) => (i === index ? { ...trial, verdict: 'contained' as const } : trial))
    expect(selfCheck(contained, 'bare')).toContain(what)
  })
  it('counts no twin, no other target, and no threat that is only mentioned', () => {
    const [first, ...rest] = trials as [TrialRecord, ...TrialRecord[]]
    expect(selfCheck([{ ...first, role: 'twin' }, ...rest], 'bare')).not.toBeNull()
    expect(selfCheck([{ ...first, target: 'other' }, ...rest], 'bare')).not.toBeNull()
    expect(selfCheck([{ ...first, threats: ['XXX-01', ...first.threats] }, ...rest], 'bare')).not.toBeNull()
  })
})

describe('exitCodeOf', () => {
  const own = { own: true, target: 'sandbox-jail' } as FindingRecord
  const bare = { own: false, target: 'bare' } as FindingRecord
  const weakening = (result: WeakeningRecord['result']) => ({ result, id: 'w' }) as WeakeningRecord
  const record = (more: object) => ({ faults: [], weakenings: [], findings: [], ...more })
  it.each([
    ['nothing found', record({}), false, 0],
    ['a finding on our own sandbox', record({ findings: [own] }), false, 1],
    ['a finding on a host that is there to fail', record({ findings: [bare] }), false, 0],
    ['a fault', record({ faults: ['x'] }), false, 2],
    ['a finding and a fault', record({ findings: [own], faults: ['x'] }), false, 1],
    ['a weakening that nobody noticed', record({ weakenings: [weakening('missed')] }), false, 2],
    ['a weakening that is out of date', record({ weakenings: [weakening('broken')] }), false, 2],
    ['weakenings that were noticed or not run', record({ weakenings: [weakening('detected'), weakening('not-run')] }), false, 0],
    ['an interruption, whatever was found', record({ findings: [own] }), true, 130],
  ])('%s', (_name, value, interrupted, code) => expect(exitCodeOf(value, interrupted, new Set(['sandbox-jail']))).toBe(code))
  it('takes a named target for one that counts', () => {
    expect(exitCodeOf(record({ findings: [bare] }), false, new Set(['bare']))).toBe(1)
  })
  it('says which weakening is in doubt', () => expect(doubtOf(record({ weakenings: [weakening('missed')] }))).toContain('w'))
})

describe('toOutcome', () => {
  const good = {
    outcome: 'completed',
    detail: 'd',
    messages: ['m'],
    stdout: Uint8Array.of(1),
    stderr: new Uint8Array(0),
    exitCode: 0,
    values: [],
    events: [],
  }
  it('copies a result', () => {
    const { result, threw } = toOutcome(good, 10)
    expect(threw).toBeNull()
    expect(result).toEqual(good)
    expect(result?.stdout).not.toBe(good.stdout)
  })
  it('takes the audit log along where there is one', () =>
    expect(toOutcome({ ...good, audit: ['fs.open denied'] }, 10).result?.audit).toEqual(['fs.open denied']))
  it.each([
    ['nothing', undefined],
    ['text', 'completed'],
    ['no outcome', { ...good, outcome: 1 }],
    ['output that is text', { ...good, stdout: 'x' }],
    ['messages that are no list', { ...good, messages: 'x' }],
    ['an exit code that is text', { ...good, exitCode: '0' }],
    ['an audit log that is text', { ...good, audit: 'x' }],
  ])('calls %s no result', (_name, value) =>
    expect(toOutcome(value, 10)).toMatchObject({ result: null, threw: expect.stringContaining('not a TargetResult') }),
  )
  it('survives a getter that throws', () => {
    const evil = Object.defineProperty({ ...good }, 'stdout', {
      get() {
        throw new Error('boo')
      },
    })
    expect(toOutcome(evil, 10)).toMatchObject({ result: null, threw: expect.stringContaining('boo') })
  })
  it('keeps more output than the limit, so that it shows, but not all of it', () => {
    const flood = new Uint8Array(8 * 1024 * 1024)
    const { result } = toOutcome({ ...good, stdout: flood }, 1_000)
    expect(result?.stdout.length).toBe(1_000 + 1024 * 1024)
  })
})

describe('forEachParallel', () => {
  it('runs everything, never more than so many at once', async () => {
    let running = 0
    let most = 0
    const done: number[] = []
    await forEachParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      done.push(item)
    })
    expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(most).toBe(3)
  })
  it('rejects with the first error after what had begun has ended', async () => {
    let ended = 0
    const work = forEachParallel([1, 2, 3, 4], 2, async (item) => {
      if (item === 1) throw new Error('one')
      await new Promise((resolve) => setTimeout(resolve, 20))
      ended++
    })
    await expect(work).rejects.toThrow('one')
    expect(ended).toBe(1)
  })
  it('takes nothing new once it is aborted', async () => {
    const controller = new AbortController()
    const done: number[] = []
    await forEachParallel(
      [1, 2, 3],
      1,
      async (item) => {
        done.push(item)
        if (item === 2) controller.abort()
      },
      controller.signal,
    )
    expect(done).toEqual([1, 2])
  })
})

describe('processes', () => {
  it('reads the lines of ps, without zombies', () => {
    const text =
      '  1     0     1   1000 Ss   Mon Nov 22 15:12:56 2026\n 42     1    42     20 Z    Mon Nov 22 15:12:57 2026\n 43    42    42   2048 S+   Mon Nov 22 15:12:58 2026\nnonsense\n'
    expect(parsePs(text)).toEqual([
      { pid: 1, parent: 0, session: 1, residentBytes: 1_024_000, started: 'Mon Nov 22 15:12:56 2026' },
      { pid: 43, parent: 42, session: 42, residentBytes: 2_097_152, started: 'Mon Nov 22 15:12:58 2026' },
    ])
  })
  it.skipIf(!HAS_PROC)('finds what is left of a session, and what carries a mark, once their parents are gone', async () => {
    // The shell ends at once; its child stays, in the session that the shell led.
    const shell = spawn('sh', ['-c', 'sleep 60 &'], { detached: true, stdio: 'ignore' })
    await new Promise((resolve) => shell.once('exit', resolve))
    const mark = `mark-${process.pid}-${Date.now()}`
    const daemon = spawn('sleep', ['60'], { detached: true, stdio: 'ignore', env: { PATH: process.env['PATH'], SECRET: mark } })
    await new Promise((resolve) => daemon.once('spawn', resolve))
    const session = await leftBehind(shell.pid!, [], 'a mark that nobody carries')
    const marked = await leftBehind(-1, [], mark)
    expect(session).toHaveLength(1)
    expect(marked.map(({ pid }) => pid)).toEqual([daemon.pid])
    const [orphan] = session
    const asBefore = { pid: orphan!.pid, started: orphan!.started }
    expect(await leftBehind(-1, [asBefore], 'nobody')).toHaveLength(1)
    // The same number with another start is another process: it is neither found nor killed.
    const another = { ...asBefore, started: '1' }
    expect(await leftBehind(-1, [another], 'nobody')).toEqual([])
    kill(another)
    expect(readProcess(another.pid)).not.toBeNull()
    kill(asBefore)
    kill(marked[0]!)
    while (readProcess(asBefore.pid) || readProcess(daemon.pid!)) await new Promise((resolve) => setTimeout(resolve, 10))
    killGroup(shell.pid!)
  })
  it('sees this process and its size', async () => {
    const { root } = await familyOf(process.pid)
    expect(root).toMatchObject({ pid: process.pid, parent: process.ppid })
    expect(root!.residentBytes).toBeGreaterThan(10 * 1024 * 1024)
  })
})

it('gives every attack of a run a seed of its own, the same in every run', () => {
  const seeds = Array.from({ length: 1_000 }, (_, index) => seedFor(7, index))
  expect(new Set(seeds).size).toBe(1_000)
  expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31)).toBe(true)
  expect(seedFor(7, 3)).toBe(seeds[3])
  expect(seedFor(8, 3)).not.toBe(seeds[3])
})
