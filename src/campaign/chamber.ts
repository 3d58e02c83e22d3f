// A chamber, seen from the campaign: the disposable process in which a target meets attacks, watched from outside and always ended.
import { type ChildProcess, fork } from 'node:child_process'
import type { Condition, Trial } from '../attacks/attack.ts'
import { deadlineOf, limitsOf } from '../oracles/limits.ts'
import type { Effects, Observation } from '../oracles/observation.ts'
import { isWarning } from '../oracles/process.ts'
import type { GuestLanguage, OfferedFunction, Unenforced, Withheld } from '../targets/target.ts'
import { Canaries, type Disturbance } from './canaries.ts'
import { type Answer, type FromChamber, fromChamber, type ToChamber } from './chamber-messages.ts'
import { monotonicMs, pause } from './clock.ts'
import { neighbourModule } from './neighbour.ts'
import { familyOf, kill, killGroup, leftBehind, type ProcessId } from './processes.ts'
import { findSecret } from './secrets.ts'
import { MadeSetting } from './setting/setting.ts'

/** The chamber could not be opened: the target does not load, or its process does not start. */
export class ChamberError extends Error {
  override readonly name = 'ChamberError'
}

export interface ChamberOptions {
  /** A built-in target's name, or the absolute path of an adapter; see `resolveTarget`. */
  readonly target: string
  /** Program of the engine in which the chamber runs. Default: the one that runs this. Engines that do not strip types need compiled sources. */
  readonly engine?: string
  /** Folder that holds `targets/`, where it is not the project's own: the sources of a weakened copy. */
  readonly sources?: string
  /** Resident memory of all processes together at which they are killed, in bytes. Default: 3 GiB. */
  readonly hardCapBytes?: number
  /** Time between two looks at the memory, in milliseconds. Default: 30. */
  readonly sampleEveryMs?: number
  /** Time in which the target must have been loaded, in milliseconds. Default: 60,000: a machine under load is no reason to give up. */
  readonly openWithinMs?: number
}

export interface ChamberInfo {
  readonly name: string
  readonly version: string
  /** What the target says of itself; whether its violations decide the run is the campaign's business. */
  readonly own: boolean
  /** Limits that the target refuses to promise; see `Target`. */
  readonly unenforced: readonly Unenforced[]
  readonly withholds: readonly Withheld[]
  readonly guests: GuestLanguage
  readonly offers: readonly OfferedFunction[]
}

/** How a chamber ended that was asked to close. */
export interface ChamberEnd {
  readonly exitCode: number | null
  readonly signal: string | null
  /** It did not end by itself and was killed. */
  readonly killed: boolean
  readonly orphans: number
  readonly unhandled: readonly string[]
  readonly canaries: readonly Disturbance[]
}

const GIB = 1024 ** 3
const DEFAULT_CAP = 3 * GIB
const DEFAULT_SAMPLE_MS = 30
const DEFAULT_OPEN_MS = 60_000
/** Time after a trial's deadline at which the chamber is killed: an answer that comes in between is late, not missing. */
const KILL_AFTER_MS = 1_000
/** Time in which a chamber must end once it was asked to, in milliseconds. */
const CLOSE_WITHIN_MS = 6_000
/** Time in which processes of the target must end by themselves once the chamber is gone, in milliseconds. */
const ORPHAN_GRACE_MS = 2_000
const TAIL_CHARACTERS = 4_000
const MAX_UNHANDLED = 50

interface CurrentTrial {
  readonly id: number
  readonly startedMs: number
  lastBeatMs: number
  longestBlockMs: number
  peakBytes: number
  hung: boolean
  overrun: boolean
  done(answer: Answer | null): void
}

const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

/** Chambers that are open: ended when this process ends in an orderly way, whatever the reason. */
const open = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of open) if (child.pid !== undefined) killGroup(child.pid)
})

export class Chamber {
  readonly info: ChamberInfo
  readonly #child: ChildProcess
  readonly #canaries: Canaries
  readonly #cap: number
  readonly #sampleMs: number
  /** Every descendant that was ever seen, so that one which outlives its parent is still known. */
  readonly #seen = new Map<string, ProcessId>()
  readonly #exit: Promise<void>
  #ended: { exitCode: number | null; signal: string | null } | null = null
  #unhandled: string[] = []
  #tail = ''
  #current: CurrentTrial | null = null
  #facts: ((facts: Record<string, string>) => void) | null = null
  #trials = 0
  #spoilt = false
  #end: Promise<ChamberEnd> | null = null

  private constructor(child: ChildProcess, canaries: Canaries, info: ChamberInfo, options: ChamberOptions) {
    this.#child = child
    this.#canaries = canaries
    this.info = info
    this.#cap = options.hardCapBytes ?? DEFAULT_CAP
    this.#sampleMs = options.sampleEveryMs ?? DEFAULT_SAMPLE_MS
    this.#exit = new Promise((resolve) => {
      const ended = (): void => {
        this.#ended = { exitCode: child.exitCode, signal: child.signalCode }
        this.#current?.done(null)
        resolve()
      }
      if (child.exitCode !== null || child.signalCode !== null) ended()
      else child.once('exit', ended)
    })
    child.on('message', (message) => this.#hear(message))
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('latin1').on('data', (text: string) => {
        this.#tail = (this.#tail + text).slice(-TAIL_CHARACTERS)
      })
    }
  }

  /** Starts the process and loads the target in it. @throws {ChamberError} */
  static async open(options: ChamberOptions): Promise<Chamber> {
    const canaries = await Canaries.plant()
    const child = fork(new URL(`./chamber-process${EXTENSION}`, import.meta.url), [], {
      cwd: canaries.directory,
      // A group of its own, so that it and what it starts can be ended together, and a Ctrl-C at the terminal does not reach it.
      detached: true,
      ...(options.engine !== undefined && { execPath: options.engine }),
      // What the target keeps in temporary files goes with the chamber, however that ends.
      env: { PATH: process.env['PATH'] ?? '', TMPDIR: canaries.directory, ...canaries.environment },
      execArgv: ['--disable-warning=ExperimentalWarning'],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    open.add(child)
    child.once('exit', () => open.delete(child))
    // A write to a chamber that is dying fails; that it died is seen by its exit.
    child.on('error', () => {})
    try {
      const info = await hello(child, options)
      return new Chamber(child, canaries, info, options)
    } catch (error) {
      if (child.pid !== undefined) killGroup(child.pid)
      await canaries.remove()
      throw error
    }
  }

  /** Process id, for tests and for messages. */
  get pid(): number {
    return this.#child.pid ?? -1
  }

  /** False once it died, hung, swelled, had a canary disturbed or an error unhandled: then it must be closed and replaced. */
  get usable(): boolean {
    return this.#ended === null && !this.#spoilt && this.#end === null
  }

  /** Facts that the target states about itself, or none if it does not answer within ten seconds. */
  async describe(): Promise<Record<string, string>> {
    const facts = new Promise<Record<string, string>>((resolve) => {
      this.#facts = resolve
    })
    this.#send({ kind: 'describe' })
    return await Promise.race([facts, pause(10_000).then(() => ({})), this.#exit.then(() => ({}))])
  }

  /** Runs one trial. Never rejects because of what the target or the guest does: that is what the observation is for. */
  async run(attack: string, trial: Trial): Promise<Observation> {
    if (!this.usable || this.#current) throw new Error(`the chamber of ${this.info.name} cannot take a trial now`)
    const conditions: readonly Condition[] = trial.conditions ?? []
    const secret = this.#canaries.neighbour
    const neighbour = conditions.includes('benign-neighbour') ? { module: await neighbourModule(secret), secret } : null
    const setting = trial.setting ? await MadeSetting.make(trial.setting, this.#canaries.secret) : null
    const id = ++this.#trials
    this.#unhandled = []
    const startedMs = monotonicMs()
    const current = this.#begin(id, startedMs)
    const run = setting ? setting.run(trial.run) : trial.run
    const environment = setting?.environment ?? {}
    this.#send({ kind: 'trial', id, bytes: trial.bytes, run, limits: limitsOf(trial), conditions, environment, neighbour })
    const answer = await this.#await(current.answer, current.trial, deadlineOf(trial))
    const effects = (await setting?.effects()) ?? null
    const path = setting?.path ?? null
    await setting?.remove()
    return await this.#observe(attack, current.trial, answer, effects, path)
  }

  #begin(id: number, startedMs: number): { trial: CurrentTrial; answer: Promise<Answer | null> } {
    let trial!: CurrentTrial
    const answer = new Promise<Answer | null>((done) => {
      trial = { id, startedMs, lastBeatMs: startedMs, longestBlockMs: 0, peakBytes: 0, hung: false, overrun: false, done }
    })
    this.#current = trial
    return { trial, answer }
  }

  /** Waits for the answer, for the death of the chamber, or for the moment to end it; samples its memory meanwhile. */
  async #await(answer: Promise<Answer | null>, trial: CurrentTrial, deadlineMs: number): Promise<Answer | null> {
    const late = setTimeout(async () => {
      // If this process was held up itself, the answer may be waiting to be read: let it in first.
      await pause(50)
      if (this.#current !== trial) return
      trial.hung = true
      this.#killRoot()
    }, deadlineMs + KILL_AFTER_MS)
    let looking = false
    const watch = setInterval(async () => {
      // Where the process table comes from `ps`, a look may take longer than the interval.
      if (looking) return
      looking = true
      await this.#sample(trial)
      looking = false
    }, this.#sampleMs)
    const result = await answer
    this.#current = null
    clearTimeout(late)
    clearInterval(watch)
    await this.#sample(trial)
    return result
  }

  async #sample(trial: CurrentTrial | null): Promise<void> {
    if (this.#ended) return
    const { root, descendants } = await familyOf(this.pid)
    for (const info of descendants) this.#seen.set(`${info.pid} ${info.started}`, { pid: info.pid, started: info.started })
    if (!trial) return
    const total = descendants.reduce((sum, info) => sum + info.residentBytes, root?.residentBytes ?? 0)
    trial.peakBytes = Math.max(trial.peakBytes, total)
    if (total <= this.#cap || this.#current !== trial) return
    trial.overrun = true
    // At once and all together: every moment more endangers the machine.
    for (const info of descendants) kill(info)
    this.#killRoot()
  }

  async #observe(
    attack: string,
    trial: CurrentTrial,
    answer: Answer | null,
    effects: Effects | null,
    settingPath: string | null,
  ): Promise<Observation> {
    const endedMs = monotonicMs()
    const longestBlockMs = Math.max(trial.longestBlockMs, (answer?.at ?? endedMs) - trial.lastBeatMs)
    if (trial.hung || trial.overrun) await this.#exit
    const result = answer?.result ?? null
    const places: [string, string | Uint8Array][] = [
      ['stderr of the host', this.#tail],
      ['what the target threw', answer?.threw ?? ''],
      ['the values', result?.values.join('\n') ?? ''],
      ['the messages', [result?.detail, ...(result?.messages ?? [])].join('\n')],
      ['stdout', result?.stdout ?? ''],
      ['stderr', result?.stderr ?? ''],
    ]
    const canaries = [...(answer?.canaries ?? []), ...this.#canaries.check(places), ...pathSeen(settingPath, places)]
    const observation: Observation = {
      attack,
      target: this.info.name,
      result: result as Observation['result'],
      threw: answer?.threw ?? null,
      chamber: {
        exitCode: this.#ended?.exitCode ?? null,
        signal: this.#ended?.signal ?? null,
        hung: trial.hung,
        ...(trial.overrun ? { overrun: true } : {}),
        unhandled: this.#unhandled,
        stderrTail: this.#tail,
        // Known once the chamber is closed; see `inFreshChamber`.
        orphans: 0,
        peakResidentBytes: trial.peakBytes,
        longestBlockMs,
      },
      canaries,
      effects,
      elapsedMs: (answer?.at ?? endedMs) - trial.startedMs,
    }
    const errors = this.#unhandled.some((text) => !isWarning(text))
    this.#spoilt = answer === null || answer.threw !== null || canaries.length > 0 || errors
    return observation
  }

  /** Asks the target to close, ends everything, and counts what had to be ended by force. May be called more than once. */
  close(): Promise<ChamberEnd> {
    this.#end ??= this.#finish()
    return this.#end
  }

  async #finish(): Promise<ChamberEnd> {
    let killed = false
    if (!this.#ended) {
      await this.#sample(null)
      this.#send({ kind: 'close' })
      await Promise.race([this.#exit, pause(CLOSE_WITHIN_MS)])
      if (!this.#ended) {
        killed = true
        await this.#sample(null)
        this.#killRoot()
        await this.#exit
      }
    }
    const orphans = await this.#endOrphans()
    const canaries = this.#canaries.check([['stderr of the host', this.#tail]])
    await this.#canaries.remove()
    return { ...this.#ended!, killed, orphans, unhandled: this.#unhandled, canaries }
  }

  /** Waits a moment for the target's processes to notice that the chamber is gone; kills and counts those that did not. */
  async #endOrphans(): Promise<number> {
    const until = monotonicMs() + ORPHAN_GRACE_MS
    let left = await leftBehind(this.pid, this.#seen.values(), this.#canaries.mark)
    while (left.length > 0 && monotonicMs() < until) {
      await pause(25)
      left = await leftBehind(this.pid, this.#seen.values(), this.#canaries.mark)
    }
    for (const id of left) kill(id)
    killGroup(this.pid)
    return left.length
  }

  #killRoot(): void {
    this.#child.kill('SIGKILL')
  }

  #send(message: ToChamber): void {
    if (!this.#child.connected) return
    this.#child.send(message, () => {
      // A failed write means that the chamber is dying; its exit tells.
    })
  }

  #hear(raw: unknown): void {
    const parsed = fromChamber.safeParse(raw)
    if (!parsed.success) {
      this.#note('the chamber sent a message that is not of the protocol')
      return
    }
    const message: FromChamber = parsed.data
    const current = this.#current
    if (message.kind === 'beat' && current) {
      current.longestBlockMs = Math.max(current.longestBlockMs, message.at - current.lastBeatMs)
      current.lastBeatMs = message.at
    } else if (message.kind === 'unhandled') {
      this.#note(message.text)
    } else if (message.kind === 'facts') {
      this.#facts?.(message.facts)
    } else if (message.kind === 'answer' && current?.id === message.id) {
      current.done(message)
    }
  }

  #note(text: string): void {
    if (this.#unhandled.length < MAX_UNHANDLED) this.#unhandled.push(text)
  }
}

/** Where the setting lies on the host is nothing that a guest may learn or make the host say (FSX-13, HST-08). */
function pathSeen(path: string | null, places: readonly (readonly [string, string | Uint8Array])[]): Disturbance[] {
  const seen = path === null ? null : findSecret(path, places)
  return seen ? [{ name: 'host-path', seen: `the path of the setting on the host was seen ${seen}` }] : []
}

/** Sends the target's name and waits until it is loaded. */
async function hello(child: ChildProcess, options: ChamberOptions): Promise<ChamberInfo> {
  const within = options.openWithinMs ?? DEFAULT_OPEN_MS
  let timer: NodeJS.Timeout | undefined
  try {
    return await new Promise<ChamberInfo>((resolve, reject) => {
      const fail = (why: string): void => reject(new ChamberError(why))
      timer = setTimeout(() => fail(`the target ${options.target} was not loaded within ${within} ms`), within)
      let tail = ''
      child.stderr?.on('data', (chunk: Buffer | string) => {
        tail = (tail + chunk.toString('latin1')).slice(-500)
      })
      child.once('exit', (code, signal) =>
        fail(`the process for the target ${options.target} ended at once (${signal ?? code}): ${tail.trim()}`),
      )
      child.once('error', (error) => fail(`the process for the target ${options.target} could not be started: ${error.message}`))
      child.on('message', (raw) => {
        const message = fromChamber.safeParse(raw)
        if (!message.success) return
        if (message.data.kind === 'ready') {
          const { kind: _, ...info } = message.data
          resolve(info)
        } else if (message.data.kind === 'open-failed') fail(message.data.message)
      })
      child.send({ kind: 'open', target: options.target, sources: options.sources ?? null } satisfies ToChamber)
    })
  } finally {
    clearTimeout(timer)
    child.removeAllListeners('message')
    child.stderr?.removeAllListeners('data')
  }
}

/** One trial in a chamber of its own, with what shows only when the chamber is closed: orphans, a late death, late canaries. */
export async function inFreshChamber(
  options: ChamberOptions,
  attack: string,
  trial: Trial,
): Promise<{ observation: Observation; info: ChamberInfo }> {
  const chamber = await Chamber.open(options)
  let observation: Observation
  try {
    observation = await chamber.run(attack, trial)
  } finally {
    await chamber.close()
  }
  return { observation: withEnd(observation, await chamber.close()), info: chamber.info }
}

/** Adds to a trial's observation what the end of its chamber showed. */
export function withEnd(observation: Observation, end: ChamberEnd): Observation {
  const { chamber } = observation
  const ended = chamber.exitCode !== null || chamber.signal !== null
  // Code 0 after a request to close is how a chamber should end.
  const late = !ended && !end.killed && (end.exitCode !== 0 || end.signal !== null)
  const known = new Set(observation.canaries.map((canary) => canary.name))
  const unhandled = [...new Set([...chamber.unhandled, ...end.unhandled])]
  if (end.killed && !ended) unhandled.push('the target did not close within its time')
  return {
    ...observation,
    chamber: {
      ...chamber,
      ...(late ? { exitCode: end.exitCode, signal: end.signal } : {}),
      unhandled,
      orphans: end.orphans,
    },
    canaries: [...observation.canaries, ...end.canaries.filter((canary) => !known.has(canary.name))],
  }
}
