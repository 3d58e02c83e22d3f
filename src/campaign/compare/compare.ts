// A comparison: the same attacks, of the corpus and from seeds, on several hosts, each in chambers of its own.
import type { Attack } from '../../attacks/attack.ts'
import { COMPARISON_VERSION, type ComparedHost, type ComparedTrial, type Comparison } from '../../reports/compare/record.ts'
import type { ThreatModel } from '../../threats/index.ts'
import { whyNotAsked } from '../asked.ts'
import type { Budget } from '../budget.ts'
import { Chamber, ChamberError, type ChamberInfo } from '../chamber.ts'
import { sourcesDigest } from '../elsewhere/made.ts'
import { describeEnvironment, describeProject } from '../environment.ts'
import { type AttackGenerator, seedFor } from '../generated.ts'
import type { GauntletParts } from '../options.ts'
import { projectParts } from '../parts.ts'
import { runRegression } from '../regression.ts'
import { isOn } from '../switched-off.ts'
import { type Pair, replayAttack, type TargetChoice, tryFresh, weigh } from '../trials.ts'
import { hostCallGenerator } from './host-calls.ts'
import { type PairResult, resultOf } from './result-of.ts'
import { scriptAttacks } from './scripts.ts'

export interface CompareOptions {
  readonly root: string
  /** As `resolveTarget` gives them. */
  readonly targets: readonly string[]
  readonly run: string
  /** As it was typed, for the record. */
  readonly command: string
  readonly seed: number
  /** Attacks that each generator makes; 0: the corpus alone. */
  readonly perGenerator: number
  /** Only attacks with one of these ids, or with one of these as their main threat; none from generators. */
  readonly only?: readonly string[]
  /** Files that are laid over the threat model. */
  readonly overlays?: readonly string[]
  readonly budget: Budget
  readonly parallel: number
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number, what: string) => void
  readonly parts?: Partial<GauntletParts>
}

/** Sequences of calls for each attack of another generator: they are small, and each is one of many. */
const HOST_CALLS_FACTOR = 8

interface Host {
  readonly choice: TargetChoice
  readonly info: ChamberInfo
}

interface Item {
  readonly attack: Attack
  readonly origin: ComparedTrial['origin']
  readonly host: Host
}

/** Runs until all is done, the budget is spent, or the signal is given. @throws {Error} if corpus or threat model cannot be read */
export async function compare(options: CompareOptions): Promise<Comparison> {
  const startedAt = new Date().toISOString()
  const sources = sourcesDigest(options.root)
  const parts = { ...projectParts(options.root, options.overlays), ...options.parts }
  const model = await parts.loadThreatModel()
  const { hosts, described } = await openAll(options)
  const items = await itemsFor(hosts, options, parts, model)
  const trials = new Trials(options, items)
  await trials.run()
  const { name, version, commit } = describeProject(options.root)
  const { platform, node, v8 } = describeEnvironment(options.root)
  return {
    schemaVersion: COMPARISON_VERSION,
    run: options.run,
    project: { name, version, commit },
    sources: sourcesDigest(options.root) === sources ? sources : null,
    startedAt,
    finishedAt: new Date().toISOString(),
    command: options.command,
    seed: options.seed,
    completion: options.signal?.aborted ? 'interrupted' : trials.leftOut ? 'out-of-time' : 'complete',
    environment: { platform, node, v8 },
    hosts: described,
    threats: model.threats.filter(({ id }) => isOn({ threats: [id] }, model)).map(({ id, title }) => ({ id, title })),
    trials: trials.list(),
  }
}

async function openAll({ targets, signal }: CompareOptions): Promise<{ hosts: Host[]; described: ComparedHost[] }> {
  const hosts: Host[] = []
  const described: ComparedHost[] = []
  for (const target of targets) {
    if (signal?.aborted) break
    try {
      const chamber = await Chamber.open({ target })
      const facts = await chamber.describe()
      await chamber.close()
      const { info } = chamber
      hosts.push({ choice: { chamber: { target }, name: info.name, own: info.own, decides: info.own }, info })
      described.push({ name: info.name, version: info.version, own: info.own, facts, problem: null })
    } catch (error) {
      if (!(error instanceof ChamberError)) throw error
      described.push({ name: target, version: 'unknown', own: false, facts: {}, problem: error.message })
    }
  }
  return { hosts, described }
}

/** Threat by threat in turn, and of each on all hosts, so that a run that is cut short has asked all of them the same, and something of everything. */
async function itemsFor(
  hosts: readonly Host[],
  options: CompareOptions,
  parts: GauntletParts,
  model: ThreatModel,
): Promise<Item[]> {
  const { attacks, unreadable } = await parts.loadAttacks()
  if (unreadable[0] !== undefined) throw new Error(unreadable[0])
  const { only, perGenerator } = options
  // The matrix has a row for each first threat, and none for one that an overlay switches off.
  const wanted = ({ id, threats }: Attack): boolean =>
    isOn({ threats: threats.slice(0, 1) }, model) && (!only || only.includes(id) || only.includes(threats[0]!))
  const onAll = (list: readonly Attack[], origin: Item['origin']) =>
    list.filter(wanted).flatMap((attack) => hosts.map((host) => ({ attack, origin, host })))
  const generators = only || perGenerator === 0 ? [] : await parts.loadGenerators()
  const generated = await made(generators, perGenerator, options.seed)
  const ofScripts = hosts.filter(({ info }) => info.guests === 'javascript')
  const scripts = scriptAttacks().filter(wanted)
  const items: Item[] = [...onAll(attacks, 'corpus'), ...onAll(generated, 'generated')]
  for (const attack of scripts) for (const host of ofScripts) items.push({ attack, origin: 'script', host })
  for (const host of hosts) {
    if (host.info.offers.length === 0 || only || perGenerator === 0) continue
    const calls = await made([hostCallGenerator(host.info.offers)], perGenerator * HOST_CALLS_FACTOR, options.seed)
    for (const attack of calls) items.push({ attack, origin: 'host-calls', host })
  }
  return inTurn(items)
}

/** The first attack of every threat, then the second of every threat, and so on. */
function inTurn(items: readonly Item[]): Item[] {
  const seen = new Map<string, number>()
  const ranked = items.map((item) => {
    const key = `${item.host.choice.name}\n${item.attack.threats[0]}`
    const rank = seen.get(key) ?? 0
    seen.set(key, rank + 1)
    return { item, rank }
  })
  return ranked.sort((a, b) => a.rank - b.rank).map(({ item }) => item)
}

async function made(generators: readonly AttackGenerator[], each: number, seed: number): Promise<Attack[]> {
  const attacks: Attack[] = []
  for (let turn = 0; turn < each; turn++)
    for (const [index, generator] of generators.entries())
      attacks.push(await generator.generate(seedFor(seed, turn * generators.length + index)))
  return attacks
}

class Trials {
  readonly #options: CompareOptions
  readonly #items: readonly Item[]
  /** By host and attack, in the order of the items. */
  readonly #results = new Map<string, PairResult>()
  leftOut = false

  constructor(options: CompareOptions, items: readonly Item[]) {
    this.#options = options
    this.#items = items
  }

  async run(): Promise<void> {
    const { budget, parallel, signal, onProgress } = this.#options
    const work: { target: TargetChoice; attack: Attack; mandatory: boolean }[] = []
    for (const item of this.#items) {
      const reason = whyNotAsked(item.attack, item.host.info)
      if (reason !== null)
        this.#results.set(keyOf(item.host.choice, item.attack), { result: 'not-applicable', reason, violation: null })
      else work.push({ target: item.host.choice, attack: item.attack, mandatory: false })
    }
    let done = 0
    const { leftOut } = await runRegression({
      work,
      budget,
      journal: null,
      parallel,
      ...(signal && { signal }),
      onPair: async (pair, target) => {
        await this.#take(pair, target)
        onProgress?.(++done, work.length, `${pair.attack.attack.id} on ${target.name}`)
      },
    })
    this.leftOut = leftOut > 0
  }

  async #take(pair: Pair, target: TargetChoice): Promise<void> {
    const { attack } = pair.attack
    const seen = resultOf(pair)
    const known = this.#results.get(keyOf(target, attack))
    // The end of a chamber tells of its last pair again: what was worse stays.
    if (known?.result === 'violated' || (known && seen.result !== 'violated')) return
    this.#results.set(keyOf(target, attack), needsSecondLook(seen, target) ? await secondLook(attack, target, seen) : seen)
  }

  list(): ComparedTrial[] {
    return this.#items.map(({ attack, origin, host: { choice } }) => {
      const found = this.#results.get(keyOf(choice, attack))
      return {
        host: choice.name,
        attack: attack.id,
        title: attack.title,
        threat: attack.threats[0] ?? '',
        origin,
        result: found?.result ?? 'not-run',
        reason: found?.reason ?? 'the time was spent, or the run ended, before it was its turn',
        oracle: found?.violation?.oracle ?? null,
        code: found?.violation?.code ?? null,
        replay: origin === 'corpus' || origin === 'generated' ? replayAttack(attack, choice) : null,
      }
    })
  }
}

const keyOf = (target: TargetChoice, attack: Attack): string => `${target.name}\n${attack.id}`

/** What an attack before it left behind in the same process may look like the next one's doing. A hang is its own: all before had answered; of our own, a machine under load may be the cause. */
const needsSecondLook = ({ violation }: PairResult, { own }: TargetChoice): boolean =>
  violation !== null && (own || violation.code !== 'hung')

async function secondLook(attack: Attack, target: TargetChoice, first: PairResult): Promise<PairResult> {
  const again = resultOf(weigh(await tryFresh(target, attack, 'attack', null), await tryFresh(target, attack, 'twin', null)))
  if (again.result === 'violated' || first.violation === null) return again
  return { result: 'undecided', reason: `seen once, and not again in a process of its own: ${first.reason}`, violation: null }
}
