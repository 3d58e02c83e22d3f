// Whatever is swapped, answered, stopped and late: each run that is due takes place once or is told of as skipped, with one version, which is the
// active one or a canary in its turn, in the very bytes that were given, and with no more than somebody agreed to.
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { UsageError } from '../../src/sandbox/errors.ts'
import { resultWithoutRun } from '../../src/sandbox/outcome.ts'
import { authoritiesOf } from '../../src/sandbox/policy/authority.ts'
import type { ConsentRecord } from '../../src/sandbox/policy/consent-store.ts'
import { MANIFEST_SECTION } from '../../src/sandbox/policy/manifest.ts'
import { resolvePolicy } from '../../src/sandbox/policy/resolve.ts'
import { compareVersions } from '../../src/sandbox/policy/version.ts'
import { isCanaryRun } from '../../src/sandbox/probes/assignment.ts'
import { MemoryConsents } from '../../src/sandbox/probes/consents.ts'
import type { ProbeSandbox } from '../../src/sandbox/probes/probe.ts'
import type { ProbeEvent } from '../../src/sandbox/probes/probe-events.ts'
import { ProbeRunner } from '../../src/sandbox/probes/runner.ts'
import { TRANSITIONS } from '../../src/sandbox/probes/transitions.ts'
import type { ExecutionResult } from '../../src/sandbox/result.ts'
import { writer as w } from '../../src/wasm/index.ts'
import { checkPropertyAsync } from '../check.ts'

const EVERY = 100
const POLICY = resolvePolicy({ extends: 'default', name: 'probes' })

type Want = 'log' | 'metric' | 'result'
type Conduct = 'completes' | 'traps' | 'throws' | 'grave'
interface Module {
  readonly bytes: Uint8Array
  readonly sha256: string
  readonly name: string | null
  readonly version: string | null
  readonly wants: readonly Want[]
  readonly conduct: Conduct
}

const REASON = 'It needs that.'
function made(
  name: string | null,
  version: string | null,
  wants: readonly Want[],
  conduct: Conduct = 'completes',
  mark = 0,
): Module {
  const capabilities = wants.map((capability) => ({ capability, reason: REASON }))
  const manifest = new TextEncoder().encode(JSON.stringify({ manifest: 1, name, version, capabilities }))
  const sections = [
    w.typeSection([0x60, 0, 0]),
    w.functionSection(0),
    w.exportSection(w.bytes(w.name('_start'), 0, 0)),
    w.codeSection(w.body(w.bytes(w.END))),
    w.customSection('mark', Uint8Array.of(mark)),
  ]
  const bytes = Uint8Array.from(w.moduleOf(...sections, ...(name === null ? [] : [w.customSection(MANIFEST_SECTION, manifest)])))
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex'), name, version, wants, conduct }
}
const MODULES: readonly Module[] = [
  made('probe', '1.0.0', ['log']),
  made('probe', '1.0.0', ['log'], 'completes', 1),
  made('probe', '1.1.0', ['log']),
  made('probe', '1.2.0', ['log', 'metric']),
  made('probe', '1.3.0', ['log', 'metric', 'result'], 'traps'),
  made('probe', '1.4.0', [], 'grave'),
  made('probe', '1.5.0', ['metric'], 'throws'),
  made('probe', '2.0.0', ['log', 'result']),
  made('other', '3.0.0', []),
  made(null, null, []),
]
const BY_HASH: ReadonlyMap<string, Module> = new Map(MODULES.map((module) => [module.sha256, module]))

type Step =
  | { readonly do: 'wait'; readonly ms: number; readonly asleep: boolean }
  | { readonly do: 'go-on'; readonly which: number }
  | { readonly do: 'swap'; readonly module: number; readonly share: number | null; readonly any: boolean }
  | { readonly do: 'answer'; readonly yes: boolean }
  | { readonly do: 'stop'; readonly abort: boolean }
  | { readonly do: 'promote' | 'roll-back' | 'start' }
interface Life {
  readonly queue: number | null
  readonly jitter: number
  readonly steps: readonly Step[]
}

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 350 }), asleep: fc.boolean() }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('go-on' as const), which: fc.nat(5) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('swap' as const),
      module: fc.nat(MODULES.length - 1),
      share: fc.constantFrom(null, 0.25, 0.5),
      any: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('answer' as const), yes: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stop' as const), abort: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('promote' as const, 'roll-back' as const, 'start' as const) }) },
)
const life: fc.Arbitrary<Life> = fc.record({
  queue: fc.constantFrom(null, 1, 3),
  jitter: fc.constantFrom(0, 40),
  steps: fc.array(step, { maxLength: 40 }),
})

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function resultOf(conduct: Conduct, terminated: boolean): ExecutionResult {
  const success = conduct !== 'traps' && !terminated
  const grave = { type: 'audit-failed', severity: 'high', time: 0, message: 'm' } as const
  return {
    ...resultWithoutRun(terminated ? 'terminated' : success ? 'completed' : 'trapped', '', [], 0),
    success,
    securityEvents: conduct === 'grave' ? [grave] : [],
    executionTimeMs: 1,
  }
}

/** The world around a runner: time that is turned, answers that wait until they are let go on, and somebody who takes notes. */
class World {
  readonly problems: string[] = []
  readonly runner: ProbeRunner
  readonly #life: Life
  readonly #pending: (() => void)[] = []
  readonly #consents = new MemoryConsents()
  #now = 0
  #timers: { readonly at: number; readonly fire: () => void }[] = []
  /** By its own count: slots since the last start, and those of the times before. */
  #startedAt: number | null = null
  #dueBefore = 0
  /** Number by number. */
  readonly #fates = new Map<number, string[]>()
  #going = 0
  #active: string | null = null
  #canary: { readonly sha256: string; readonly share: number; readonly first: number } | null = null
  #before: string[] = []
  #state = 'none'
  /** The comparison in which the replacement caused something grave. */
  #grave: object | null = null
  /** Hashes that somebody agreed to, as far as it has been kept. */
  readonly #agreed = new Set<string>()
  #offered: { readonly share: number | null; readonly any: boolean } | null = null
  /** While the first module is agreed to, nothing waits. */
  #begun = false

  constructor(life: Life) {
    this.#life = life
    const sandbox: ProbeSandbox = { policy: POLICY, execute: (...given) => this.#execute(...given) }
    const consents = {
      records: () => this.#later(() => this.#consents.records()),
      put: (record: ConsentRecord) =>
        this.#later(async () => {
          await this.#consents.put(record)
          if (record.state === 'granted') this.#agreed.add(record.sha256)
        }),
    }
    const clock = {
      now: () => this.#now,
      after: (ms: number, fire: () => void) => {
        const timer = { at: this.#now + ms, fire }
        this.#timers.push(timer)
        return () => {
          this.#timers = this.#timers.filter((other) => other !== timer)
        }
      },
    }
    this.runner = new ProbeRunner(sandbox, { consents, clock, random: () => 0.5 })
    this.runner.subscribe((event) => this.#note(event))
  }

  async begin(): Promise<void> {
    const { queue, jitter: jitterMs } = this.#life
    const module = MODULES[0]!
    const added = await this.runner.add({
      id: 'p',
      module: module.bytes,
      principal: 'somebody',
      schedule: { everyMs: EVERY, jitterMs },
      overlap: queue === null ? { policy: 'skip' } : { policy: 'queue', length: queue },
    })
    if (added.state === 'awaiting-consent') await this.runner.answer('p', module.sha256, 'granted')
    this.#begun = true
    this.start()
  }

  async take(one: Step): Promise<void> {
    if (one.do === 'wait') this.#wait(one.ms, one.asleep)
    if (one.do === 'go-on') this.#pending.splice(one.which % Math.max(1, this.#pending.length), 1)[0]?.()
    if (one.do === 'swap') this.#swap(one)
    if (one.do === 'answer') this.#answer(one.yes)
    if (one.do === 'promote') this.#may(() => this.runner.promote('p'))
    if (one.do === 'roll-back') this.#rollBack()
    if (one.do === 'start') this.start()
    if (one.do === 'stop') {
      this.#settleSlots()
      this.#try(this.runner.stop('p', { abort: one.abort }))
    }
    await turn()
    if (this.#grave !== null && this.#grave === this.#canary)
      this.problems.push('a replacement that caused something grave is tried on')
  }

  start(): void {
    this.#may(() => {
      this.runner.start('p')
      this.#startedAt = this.#now
    })
  }

  async end(): Promise<void> {
    this.#settleSlots()
    this.#try(this.runner.stop('p'))
    for (;;) {
      await turn()
      const next = this.#pending.shift()
      if (!next) break
      next()
    }
    const expected = this.#dueBefore
    for (let run = 1; run <= expected; run++) {
      const fate = (this.#fates.get(run) ?? []).join(', ')
      if (!['started, ended', 'skipped'].includes(fate))
        this.problems.push(`run ${run} was due, and what came of it is: ${fate || 'nothing'}`)
    }
    if (this.#fates.size > expected) this.problems.push(`${this.#fates.size} runs had a fate, and ${expected} were due`)
    await this.runner[Symbol.asyncDispose]()
  }

  /** Slots whose time has come, counted one by one. */
  #settleSlots(): void {
    if (this.#startedAt === null) return
    for (let at = this.#startedAt + this.#life.jitter * 0.5; at <= this.#now; at += EVERY) this.#dueBefore++
    this.#startedAt = null
  }

  #wait(ms: number, asleep: boolean): void {
    const end = this.#now + ms
    if (asleep) this.#now = end
    for (;;) {
      const [first] = this.#timers.toSorted((a, b) => a.at - b.at)
      if (!first || first.at > end) break
      this.#timers = this.#timers.filter((other) => other !== first)
      this.#now = Math.max(this.#now, first.at)
      first.fire()
    }
    this.#now = end
  }

  #later<T>(action: () => Promise<T>): Promise<T> {
    if (!this.#begun) return action()
    return new Promise((resolve, reject) => this.#pending.push(() => void action().then(resolve, reject)))
  }

  #swap({ module, share, any }: Step & { do: 'swap' }): void {
    const bytes = new Uint8Array(MODULES[module]!.bytes)
    if (this.#state === 'none') this.#offered = { share, any }
    const swapped = this.runner.swap('p', bytes, {
      canary: share === null ? null : { share, minRuns: 3, maxDurationRatio: null },
      allowVersion: any ? 'any' : 'newer',
    })
    // What becomes of the caller's buffer is nobody's business any more.
    bytes.fill(0)
    this.#try(swapped)
  }

  #answer(yes: boolean): void {
    const { replacement } = this.runner.status('p')
    this.#try(this.runner.answer('p', replacement?.version?.sha256 ?? 'none', yes ? 'granted' : 'denied'))
  }

  #rollBack(): void {
    const back = this.#state === 'none' ? this.#before.pop() : this.#active
    this.#may(() => this.runner.rollBack('p'))
    if (back !== undefined && this.#active !== back)
      this.problems.push('a roll-back did not lead to the bytes that were there before')
    if (back !== undefined && this.#state === 'none') this.#before = []
  }

  #execute(...[module, policy, options]: Parameters<ProbeSandbox['execute']>): Promise<ExecutionResult> {
    const sha256 = createHash('sha256')
      .update(module as Uint8Array)
      .digest('hex')
    const known = BY_HASH.get(sha256)
    this.#going++
    if (this.#going > 1) this.problems.push('two runs of the probe were going on at a time')
    if (!known) {
      this.problems.push('bytes ran that were never given')
    } else {
      const granted = authoritiesOf(policy as typeof POLICY).map(({ capability }) => capability)
      const more = known.name === null ? undefined : granted.find((one) => !known.wants.includes(one as Want))
      if (more !== undefined) this.problems.push(`${known.version} had ${more}, which it did not ask for`)
      const covered = (other: string) => known.wants.every((want) => BY_HASH.get(other)!.wants.includes(want))
      const consent = this.#agreed.has(sha256) || known.wants.length === 0 || [...this.#agreed].some(covered)
      if (this.#begun && known.name !== null && !consent) this.problems.push(`${known.version} ran with what nobody agreed to`)
      if (known.name === null) this.problems.push('a module without a manifest had the whole policy')
    }
    return this.#later(async () => {
      this.#going--
      if (known?.conduct === 'throws') throw new Error('no jail')
      return resultOf(known?.conduct ?? 'traps', options!.signal!.aborted)
    })
  }

  #note(event: ProbeEvent): void {
    if (event.type === 'run-skipped') for (let run = event.first; run <= event.last; run++) this.#fate(run, 'skipped')
    if (event.type === 'run-finished' || event.type === 'run-failed') this.#fate(event.run, 'ended')
    if (event.type === 'run-finished' && event.arm === 'canary' && this.#canary && event.run >= this.#canary.first) {
      const { securityEvents, outcome } = event.result
      if (securityEvents.length > 0 && outcome !== 'terminated') this.#grave = this.#canary
    }
    if (event.type === 'run-started') {
      this.#fate(event.run, 'started')
      const canary = this.#canary
      const turn = canary && event.run >= canary.first && isCanaryRun(canary.sha256, event.run - canary.first, canary.share)
      const expected = turn ? canary.sha256 : this.#active
      if (event.version.sha256 !== expected) this.problems.push(`run ${event.run} was not that of the version whose turn it was`)
    }
    if (event.type === 'replacement') this.#noteStep(event)
    if (event.type === 'activated') this.#noteActive(event)
  }

  #noteStep({ from, to, decision }: ProbeEvent & { type: 'replacement' }): void {
    if (from !== this.#state || !TRANSITIONS.some(([a, by, b]) => a === from && by === decision.step && b === to))
      this.problems.push(`the replacement went from ${this.#state} to ${to} by ${decision.step}`)
    this.#state = to
    const share = this.#offered?.share
    this.#canary =
      to === 'canary' && share ? { sha256: decision.version!.sha256, share, first: this.runner.status('p').nextRun } : null
  }

  #noteActive({ version, previous }: ProbeEvent & { type: 'activated' }): void {
    if ((previous?.sha256 ?? null) !== this.#active) this.problems.push('a version took the place of one that was not active')
    const before = this.#active === null ? null : BY_HASH.get(this.#active)!
    const step = this.runner.status('p').decisions.at(-1)?.step
    if (before && step !== 'revert') {
      this.#before = [before.sha256]
      const older = before.version !== null && compareVersions(version.version ?? '0.0.0', before.version) <= 0
      if (older && !this.#offered?.any) this.problems.push('a version came in that is not newer, and nobody allowed it')
      if (before.name !== version.name) this.problems.push('a module of another name took the place of the active one')
    }
    this.#active = version.sha256
  }

  #fate(run: number, what: string): void {
    this.#fates.set(run, [...(this.#fates.get(run) ?? []), what])
  }

  /** What is not possible at the moment is refused, and that is as it should be. */
  #may(action: () => void): void {
    try {
      action()
    } catch (error) {
      if (!(error instanceof UsageError)) this.problems.push(`it threw ${error}`)
    }
  }

  #try(promise: Promise<unknown>): void {
    void promise.catch((error: unknown) => {
      if (!(error instanceof UsageError)) this.problems.push(`it threw ${error}`)
    })
  }
}

async function holds(made: Life): Promise<string | null> {
  const world = new World(made)
  await world.begin()
  for (const one of made.steps) await world.take(one)
  await world.end()
  return world.problems[0] ?? null
}

const property: Property = {
  name: 'probe-swaps',
  threats: ['SUP-03', 'SUP-07', 'MOD-17'],
  run: async (seed, milliseconds) => checkPropertyAsync(life, holds, (value) => JSON.stringify(value), seed, milliseconds),
}
export default property
