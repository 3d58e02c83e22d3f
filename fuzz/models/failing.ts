// Properties by failure injection: over the corpus, each use of a service fails once, and whatever fails, nothing opens and nothing is lost.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCase } from '../../src/attacks/corpus.ts'
import { exhaustFailures, type FailureCase, type FailureProblem } from '../../src/campaign/injection/exhaust.ts'
import type { Level } from '../../src/campaign/injection/failing-chamber.ts'
import type { Service } from '../../src/campaign/injection/plan.ts'
import type { Property, PropertyRun } from '../../src/campaign/property.ts'

const CORPUS = join(import.meta.dirname, '../../corpus')

/** Failures of the first service that are tried however short the time is: one for each kind of use, about. */
const AT_LEAST = 12

/** One service with the cases that use it. */
export interface Failing {
  readonly service: Service
  readonly level: Level
  /** What the text of such a case holds. */
  readonly cases: RegExp
}

/** The cases from one of the seed's choice on, so that short runs see different ones; read when they are asked for, since assembling takes a while. */
async function* casesFrom(seed: number, wanted: RegExp): AsyncGenerator<FailureCase> {
  const texts = readdirSync(CORPUS)
    .filter((name) => name.endsWith('.wat'))
    .sort()
    .map((name) => ({ name, text: readFileSync(join(CORPUS, name), 'utf8') }))
    .filter(({ text }) => wanted.test(text))
  for (let i = 0; i < texts.length; i++) {
    const { name, text } = texts[(i + seed) % texts.length]!
    const attack = await readCase(`corpus/${name}`, text)
    // The twin first: it does what the attack is not allowed to, and so it uses more.
    yield { name: `${attack.id}.twin`, trial: attack.twin }
    yield { name: attack.id, trial: attack }
  }
}

const show = ({ case: name, failure, failed }: FailureProblem): string =>
  `corpus case ${name}\n${failed}: use ${failure.nth} of ${failure.service} in its run`

export const failingProperty = (name: string, threats: readonly string[], failing: readonly Failing[]): Property => ({
  name,
  threats,
  run: async (seed, milliseconds): Promise<PropertyRun> => {
    let executions = 0
    const until = performance.now() + milliseconds
    for (const [index, { service, level, cases }] of failing.entries()) {
      const left = (until - performance.now()) / (failing.length - index)
      if (left <= 0 && executions > 0) break
      const atLeast = index === 0 ? AT_LEAST : 0
      const options = { service, level, seed, milliseconds: left, atLeast, cases: casesFrom(seed, cases) }
      const { injected, problem } = await exhaustFailures(options)
      executions += injected
      if (problem) return { executions, failure: { message: problem.message, counterexample: show(problem) } }
    }
    return { executions }
  },
})
