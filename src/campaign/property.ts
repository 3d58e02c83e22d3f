// A property: a statement about our own code that a generator of inputs tries to refute. The files of fuzz/properties export one each.
import type { EngineRunRecord } from '../reports/run-record.ts'
import type { WitnessedCell } from './cells.ts'

/** What a file of fuzz/properties exports as its default, or as `property`. */
export interface Property {
  /** Stable short name; weakenings name it as a witness. */
  readonly name: string
  readonly threats: readonly string[]
  /**
   * Tries to refute the property for about so many milliseconds. A refutation is returned, not thrown.
   * The same seed tries the same inputs in the same order.
   */
  run(seed: number, milliseconds: number): Promise<PropertyRun>
}

export interface PropertyRun {
  readonly executions: number
  /** What host calls were seen to answer, with their grant and without. */
  readonly witnessed?: readonly WitnessedCell[]
  readonly failure?: PropertyFailure
}

export interface PropertyFailure {
  /** What should have held and what was seen, in one sentence. */
  readonly message: string
  /** The input, small and readable: JSON text, a module's WAT, a program of host calls. */
  readonly counterexample: string
  /** Path and seed that lead to it again, in the words of the property's engine. */
  readonly replay?: string
}

/** What a property's process answers. */
export interface PropertyAnswer {
  readonly name: string
  readonly threats: readonly string[]
  readonly run: PropertyRun | null
  /** The property threw, which is a fault of the property itself; or its process had no answer. */
  readonly fault: string | null
  /** The input that its process died at, as people read it. */
  readonly lastInput?: string
}

/** What a file fuzz/<name>.fuzz.ts exports beside `fuzz(data)`, as `about`. */
export interface FuzzTargetAbout {
  readonly threats: readonly string[]
  /** Parts of paths of the compiled files to instrument. Default: `build/src/`. */
  readonly includes?: readonly string[]
  /** Largest input in bytes. Default: 4096. */
  readonly maxLength?: number
  /** Path of a libFuzzer dictionary, relative to the project. */
  readonly dictionary?: string
  readonly minimumEdges?: number
  /** Edges that every run reaches, with the seeds alone: a run that reaches fewer has a target that no longer does what it did. */
  readonly minimumReached?: number
}

/** The record of an engine that was not run, with the reason. */
export const engineNotRun = (
  name: string,
  kind: EngineRunRecord['kind'],
  threats: readonly string[],
  reason: string,
): EngineRunRecord => ({
  name,
  kind,
  threats: [...threats],
  result: 'not-run',
  reason,
  seed: null,
  executions: 0,
  executionsPerSecond: 0,
  coverage: null,
  seconds: 0,
  replay: '',
})

/** An engine that has nothing to do in a run: not a gap, and no doubt. */
export const engineNotApplicable = (name: string, kind: EngineRunRecord['kind'], reason: string): EngineRunRecord => ({
  ...engineNotRun(name, kind, [], reason),
  result: 'not-applicable',
})
