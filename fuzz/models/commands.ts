// Runs programs of commands against a model and the real thing until they differ, and shows the shortest program that does it.
import fc from 'fast-check'
import type { PropertyRun } from '../../src/campaign/property.ts'
import { checkProperty, checkPropertyAsync } from '../check.ts'

/** Model and real thing together, and the look at both when all commands are done. */
export interface Pair {
  /** @returns what is wrong, in one sentence, or null */
  finish(): string | null
}
export interface AsyncPair {
  finish(): Promise<string | null>
}

/** A command, by what it does to a pair. @param act returns what is wrong, in one sentence, or null */
export class PairCommand<P extends Pair> implements fc.Command<P, P> {
  readonly #words: string
  readonly #act: (pair: P) => string | null

  constructor(words: string, act: (pair: P) => string | null) {
    this.#words = words
    this.#act = act
  }

  check(): boolean {
    return true
  }

  run(pair: P): void {
    refuted(this.#words, this.#act(pair))
  }

  toString(): string {
    return `\n${this.#words}`
  }
}

/** The same for what has to be waited for. */
export class AsyncPairCommand<P extends AsyncPair> implements fc.AsyncCommand<P, P> {
  readonly #words: string
  readonly #act: (pair: P) => Promise<string | null>

  constructor(words: string, act: (pair: P) => Promise<string | null>) {
    this.#words = words
    this.#act = act
  }

  check(): boolean {
    return true
  }

  async run(pair: P): Promise<void> {
    refuted(this.#words, await this.#act(pair))
  }

  toString(): string {
    return `\n${this.#words}`
  }
}

/** What a command found out, on its way through fast-check. Anything else that is thrown is a fault of the property. */
class Refuted extends Error {}

function refuted(words: string, problem: string | null): void {
  if (problem !== null) throw new Refuted(`${words}: ${problem}`)
}

function problemOf(error: unknown): string {
  if (error instanceof Refuted) return error.message
  throw error
}

/** The commands that were made, one a line. */
const show = (commands: { toString(): string }): string => String(commands).trim().replaceAll(',\n', '\n')

/** More and longer programs than fast-check makes by itself, since many a state takes some steps to be reached. */
const options = { maxCommands: 40, size: '+1', disableReplayLog: true } as const

export function checkCommands<P extends Pair>(
  command: fc.Arbitrary<fc.Command<P, P>>,
  begin: () => P,
  seed: number,
  milliseconds: number,
): PropertyRun {
  const holds = (commands: Iterable<fc.Command<P, P>>): string | null => {
    const pair = begin()
    let problem: string | null = null
    try {
      fc.modelRun(() => ({ model: pair, real: pair }), commands)
    } catch (error) {
      problem = problemOf(error)
    }
    // In any case: what the pair holds open is let go there.
    const left = pair.finish()
    return problem ?? left
  }
  return checkProperty(fc.commands([command], options), holds, show, seed, milliseconds)
}

export async function checkCommandsAsync<P extends AsyncPair>(
  command: fc.Arbitrary<fc.AsyncCommand<P, P>>,
  begin: () => Promise<P>,
  seed: number,
  milliseconds: number,
): Promise<PropertyRun> {
  const holds = async (commands: Iterable<fc.AsyncCommand<P, P>>): Promise<string | null> => {
    const pair = await begin()
    let problem: string | null = null
    try {
      await fc.asyncModelRun(() => ({ model: pair, real: pair }), commands)
    } catch (error) {
      problem = problemOf(error)
    }
    // In any case: what the pair holds open is let go there.
    const left = await pair.finish()
    return problem ?? left
  }
  return await checkPropertyAsync(fc.commands([command], options), holds, show, seed, milliseconds)
}
