// Makes the module of a finding smaller while the finding stays the same: sections, functions and other entries, then instructions, then sizes.
// A valid module stays valid all the way; what is malformed is reduced as far as it can be read, and then byte by byte.
import { createHash } from 'node:crypto'
import {
  encodeExportSection,
  MalformedModule,
  readModule,
  replaceSections,
  SECTION_ORDER,
  type SectionId,
  type WasmModule,
} from '../wasm/index.ts'
import { monotonicMs } from './clock.ts'
import { type MinimisedInput, minimiseInput, type StillFails } from './minimise-bytes.ts'
import { smallerBodies, withBody } from './reduce/bodies.ts'
import { SPACES, sizeOf, withoutEntries } from './reduce/entries.ts'
import { smallerSizes } from './reduce/sizes.ts'

export interface ModuleBudget {
  readonly attempts: number
  readonly milliseconds: number
  readonly signal?: AbortSignal
}

const CODE = 10 satisfies SectionId
const EXPORT = 7 satisfies SectionId
/** Sections that are well-formed only together: function and code, data count and data. */
const TOGETHER: readonly (readonly SectionId[])[] = [
  [3, CODE],
  [12, 11],
]
/** Candidates between two turns of the event loop: a signal must be heard even if no candidate is worth a question. */
const TURN_EVERY = 256

function tryRead(bytes: Uint8Array): WasmModule | null {
  try {
    return readModule(bytes)
  } catch {
    return null
  }
}

/** The engine's own validation, which compiles nothing; only asked about modules that our reader, with its limits, has taken. */
const isValid = (bytes: Uint8Array): boolean => tryRead(bytes) !== null && WebAssembly.validate(Uint8Array.from(bytes))

class Reduction {
  best: Uint8Array
  attempts = 0
  readonly #stillFails: StillFails
  readonly #budget: ModuleBudget
  readonly #untilMs: number
  readonly #staysValid: boolean
  readonly #asked = new Set<string>()
  #seen = 0

  constructor(bytes: Uint8Array, stillFails: StillFails, budget: ModuleBudget) {
    this.best = bytes
    this.#stillFails = stillFails
    this.#budget = budget
    this.#untilMs = monotonicMs() + budget.milliseconds
    this.#staysValid = isValid(bytes)
  }

  get spent(): boolean {
    const { attempts, signal } = this.#budget
    return this.attempts >= attempts || this.remainingMs <= 0 || signal?.aborted === true
  }

  get remainingMs(): number {
    return this.#untilMs - monotonicMs()
  }

  /** Asks whether a module shows the finding; the predicate gets a copy of its own. */
  async ask(candidate: Uint8Array): Promise<boolean> {
    this.attempts++
    return await this.#stillFails(Uint8Array.from(candidate))
  }

  /** Takes a candidate if it is smaller and shows the finding. Never asks twice about the same bytes. */
  async #accept(candidate: Uint8Array): Promise<boolean> {
    if (++this.#seen % TURN_EVERY === 0) await new Promise((resolve) => setImmediate(resolve))
    if (candidate.length >= this.best.length || (this.#staysValid && !isValid(candidate))) return false
    const identity = createHash('sha256').update(candidate).digest('base64')
    if (this.#asked.has(identity)) return false
    this.#asked.add(identity)
    if (!(await this.ask(candidate))) return false
    this.best = candidate
    return true
  }

  /** Takes the first candidate that shows the finding. */
  async #first(candidates: Iterable<Uint8Array>): Promise<boolean> {
    for (const candidate of candidates) {
      if (this.spent) return false
      if (await this.#accept(candidate)) return true
    }
    return false
  }

  /** Steps of one kind until none is left. Returns whether there was one. */
  async #all(candidates: (bytes: Uint8Array, module: WasmModule) => Iterable<Uint8Array>): Promise<boolean> {
    let changed = false
    for (
      let module = tryRead(this.best);
      module && (await this.#first(candidates(this.best, module)));
      module = tryRead(this.best)
    )
      changed = true
    return changed
  }

  /** Takes entries out of one space, from the last to the first, in ever smaller groups. */
  async #entries(space: (typeof SPACES)[number]): Promise<boolean> {
    let changed = false
    const first = tryRead(this.best)
    for (let group = first ? sizeOf(first, space) : 0; group >= 1; group = Math.floor(group / 2)) {
      let module = tryRead(this.best)
      for (let end = module ? sizeOf(module, space) : 0; module && end > 0 && !this.spent; end -= group) {
        const candidate = withoutEntries(this.best, module, space, Math.max(0, end - group), end)
        if (!candidate || !(await this.#accept(candidate))) continue
        changed = true
        module = tryRead(this.best)
      }
    }
    return changed
  }

  /** Each kind of step by turns until none gets further. */
  async structure(): Promise<void> {
    for (let changed = true; changed && !this.spent; ) {
      changed = await this.#all(withoutSections)
      for (const space of SPACES) if (await this.#entries(space)) changed = true
      if (await this.#all(withoutExports)) changed = true
      if (await this.#bodies()) changed = true
      if (await this.#all(smallerSizes)) changed = true
    }
  }

  async #bodies(): Promise<boolean> {
    let changed = false
    for (let index = (tryRead(this.best)?.bodies.length ?? 0) - 1; index >= 0 && !this.spent; index--) {
      if (await this.#all((bytes, module) => withSmallerBody(bytes, module, index))) changed = true
    }
    return changed
  }
}

function* withoutSections(bytes: Uint8Array, module: WasmModule): Generator<Uint8Array> {
  if (module.customs.length > 0) yield replaceSections(bytes, module, new Map(), { dropCustom: () => true })
  const present = new Set(module.sections.map((entry) => entry.id))
  for (const id of [...SECTION_ORDER].reverse()) if (present.has(id)) yield replaceSections(bytes, module, new Map([[id, null]]))
  for (const ids of TOGETHER)
    if (ids.every((id) => present.has(id))) yield replaceSections(bytes, module, new Map(ids.map((id) => [id, null])))
}

function* withoutExports(bytes: Uint8Array, module: WasmModule): Generator<Uint8Array> {
  const { exports } = module
  for (let i = 0; i < exports.length; i++)
    yield replaceSections(bytes, module, new Map([[EXPORT, encodeExportSection(exports.toSpliced(i, 1))]]))
}

function* withSmallerBody(bytes: Uint8Array, module: WasmModule, index: number): Generator<Uint8Array> {
  for (const contents of smallerBodies(bytes, module, index))
    yield replaceSections(bytes, module, new Map([[CODE, withBody(bytes, module, index, contents)]]))
}

/**
 * Returns the smallest module found for which `stillFails` holds. Bounded by attempts and time; what the budget does not allow is left as
 * it is.
 */
export async function minimiseModule(bytes: Uint8Array, stillFails: StillFails, budget: ModuleBudget): Promise<MinimisedInput> {
  const reduction = new Reduction(bytes, stillFails, budget)
  if (reduction.spent || !(await reduction.ask(bytes))) {
    return { bytes, attempts: reduction.attempts, reproduced: false, complete: !reduction.spent }
  }
  try {
    await reduction.structure()
  } catch (error) {
    // A module that the reader takes may still have a form that the reducer does not know: what it came to so far is kept.
    if (!(error instanceof MalformedModule || error instanceof RangeError)) throw error
  }
  const { best, attempts } = reduction
  if (reduction.spent || isValid(best)) return { bytes: best, attempts, reproduced: true, complete: !reduction.spent }
  const rest = await minimiseInput(best, stillFails, {
    attempts: budget.attempts - attempts,
    milliseconds: reduction.remainingMs,
    ...(budget.signal ? { signal: budget.signal } : {}),
  })
  return {
    bytes: rest.reproduced ? rest.bytes : best,
    attempts: attempts + rest.attempts,
    reproduced: true,
    complete: rest.complete,
  }
}
