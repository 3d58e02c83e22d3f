// What a run itself tried, as items of evidence: one for each case on each target with its twin, generator, engine and weakening.

import { count, WEAKENING_RESULT } from '../results.ts'
import type { EngineRunRecord, EvidenceItem, Result, RunRecord, TrialRecord, WeakeningRecord } from '../run-record.ts'
import { attackFacts } from './attack-facts.ts'
import { isForeign, subjectTargets } from './subject.ts'

/** What is needed of the threat model: which controls answer a threat. */
export type Answers = readonly { readonly id: string; readonly controls: readonly string[] }[]

/** Items in the order of the record: cases, generators, engines, weakenings. Their ids are the same in every run. */
export function itemsOfRun(record: RunRecord, answers: Answers): EvidenceItem[] {
  const make = new Maker(record, answers)
  const cases = Map.groupBy(record.trials, ({ attack, target }) => `${attack}@${target}`)
  return [
    ...[...cases].map(([name, trials]) => make.regression(name, trials)),
    ...make.campaigns(),
    ...record.engines.filter(({ result }) => result !== 'not-applicable').map((engine) => make.engine(engine)),
    ...record.weakenings.map((weakening) => make.weakening(weakening)),
  ]
}

class Maker {
  readonly #record: RunRecord
  readonly #controlsOf: ReadonlyMap<string, readonly string[]>
  readonly #subject: ReadonlySet<string>

  constructor(record: RunRecord, answers: Answers) {
    this.#record = record
    this.#controlsOf = new Map(answers.map(({ id, controls }) => [id, controls]))
    this.#subject = new Set(subjectTargets(record))
  }

  regression(name: string, trials: readonly TrialRecord[]): EvidenceItem {
    const { attack, target, title, threats, replay } = trials.find(({ role }) => role === 'attack') ?? trials[0]!
    const facts = attackFacts(trials, [target])[0]
    const violation = trials.find(({ role, verdict }) => role === 'attack' && verdict === 'violated')
    const end: Ending =
      facts === undefined
        ? { result: 'not-run', reason: `${attack} did not run on ${target}; only its twin did.` }
        : violation
          ? { result: 'failed', reason: violation.reason }
          : facts.doubts.length > 0
            ? { result: 'needs-review', reason: facts.doubts.join(' ') }
            : { result: 'passed', reason: 'The attack was contained and its twin allowed.' }
    const seconds = trials.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0) / 1000
    return this.#item('regression', name, { title, threats, ...end, target, count: trials.length, seconds, replay })
  }

  campaigns(): EvidenceItem[] {
    const batches = this.#record.campaigns.flatMap(({ target, seed, byGenerator }) =>
      Object.entries(byGenerator).map(([generator, batch]) => ({ target, seed, generator, ...batch })),
    )
    // Runs that were joined may have tried the same generator with seeds of their own.
    return [...Map.groupBy(batches, ({ generator, target }) => `${generator}@${target}`)].map(([name, same]) => {
      const { generator, target, seed } = same[0]!
      const sum = (key: 'modules' | 'violated' | 'inconclusive') => same.reduce((total, batch) => total + batch[key], 0)
      const [modules, violated, inconclusive] = [sum('modules'), sum('violated'), sum('inconclusive')]
      const tried = count(modules, 'module')
      const end: Ending =
        violated > 0
          ? { result: 'failed', reason: `${violated} of ${tried} violated ${target}.` }
          : inconclusive > 0
            ? { result: 'needs-review', reason: `${inconclusive} of ${tried} showed nothing either way.` }
            : modules === 0
              ? { result: 'not-run', reason: 'It made no module.' }
              : { result: 'passed', reason: `${tried}, all contained.` }
      return this.#item('campaign', name, {
        title: `Modules of the generator ${generator}`,
        threats: [...new Set(same.flatMap(({ threats }) => threats))],
        ...end,
        target,
        count: modules,
        seed: same.every((batch) => batch.seed === seed) ? seed : null,
        seconds: null,
        // Which modules it makes depends on the seed and on how much time there is: the run is repeated as a whole.
        replay: this.#again(seed),
      })
    })
  }

  engine({ kind, name, threats, result, reason, executions, seed, seconds, replay }: EngineRunRecord): EvidenceItem {
    const title = kind === 'property' ? `The property ${name}` : `The coverage-guided target ${name}`
    const said = reason || `${count(executions, 'execution')}.`
    return this.#item(kind, name, {
      title,
      threats,
      result,
      reason: said,
      target: null,
      count: executions,
      seed,
      seconds,
      replay,
    })
  }

  weakening({ id, title, threats, control, result, reason, detectedBy, elapsedMs }: WeakeningRecord): EvidenceItem {
    const said = reason || (detectedBy.length > 0 ? `Noticed by ${detectedBy.join(', ')}.` : '')
    return {
      ...this.#item('weakening', id, {
        title,
        threats,
        result: WEAKENING_RESULT[result],
        reason: said,
        target: null,
        count: result === 'not-run' ? 0 : 1,
        seconds: elapsedMs / 1000,
        replay: `npx gauntlet prove --only ${id}`,
      }),
      // Its loss was planted: it says something of this control, and of no other that answers the same threat.
      controls: [control],
    }
  }

  /** Only the command as it was typed says where a host of somebody else is. */
  #again(seed: number): string {
    const { command, budgetSeconds } = this.#record
    if (!isForeign(this.#record)) return `npx gauntlet fuzz --seed ${seed} --budget ${budgetSeconds}s`
    return / --seed[ =]/.test(command) ? command : `${command} --seed ${seed}`
  }

  #item(kind: EvidenceItem['kind'], name: string, what: Given): EvidenceItem {
    const { targets, finishedAt, command } = this.#record
    const foreign = targets.find((target) => target.name === what.target && !target.own)
    const speaks = what.target === null || this.#subject.has(what.target)
    return {
      id: `${kind}:${name}`,
      kind,
      seed: null,
      ...what,
      threats: [...what.threats],
      // What another host does is nothing that our controls did.
      controls: speaks ? [...new Set(what.threats.flatMap((threat) => this.#controlsOf.get(threat) ?? []))] : [],
      at: finishedAt,
      versions: foreign ? { [foreign.name]: foreign.version } : {},
      source: command,
      stale: null,
    }
  }
}

interface Ending {
  readonly result: Result
  readonly reason: string
}
interface Given extends Ending, Pick<EvidenceItem, 'title' | 'target' | 'count' | 'seconds' | 'replay'> {
  readonly threats: readonly string[]
  readonly seed?: number | null
}
