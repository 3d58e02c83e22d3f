// Makes the module of a finding smaller while the finding stays the same: whole parts of the module first, then its bytes.
import {
  encodeExportSection,
  readModule,
  replaceSections,
  SECTION_ORDER,
  type SectionId,
  type WasmModule,
  writer,
} from '../wasm/index.ts'
import { monotonicMs } from './clock.ts'
import { type MinimisedInput, minimiseInput, type StillFails } from './minimise-bytes.ts'

export interface ModuleBudget {
  readonly attempts: number
  readonly milliseconds: number
  readonly signal?: AbortSignal
}

/** `unreachable`: a body that fits every type. No locals, one instruction, `end`. */
const EMPTY_BODY = Uint8Array.of(0x00, 0x00, 0x0b)
const CODE = 10 satisfies SectionId
const EXPORT = 7 satisfies SectionId
/** Sections that are well-formed only together: function and code, data count and data. */
const TOGETHER: readonly (readonly SectionId[])[] = [
  [3, CODE],
  [12, 11],
]

function tryRead(bytes: Uint8Array): WasmModule | null {
  try {
    return readModule(bytes)
  } catch {
    return null
  }
}

/** Smaller modules that are one step away, the biggest steps first. Whether they are still valid is for the predicate to find out. */
function* smallerModules(bytes: Uint8Array, module: WasmModule): Generator<Uint8Array> {
  if (module.customs.length > 0) yield replaceSections(bytes, module, new Map(), { dropCustom: () => true })
  const present = new Set(module.sections.map((entry) => entry.id))
  for (const id of [...SECTION_ORDER].reverse()) if (present.has(id)) yield replaceSections(bytes, module, new Map([[id, null]]))
  for (const ids of TOGETHER)
    if (ids.every((id) => present.has(id))) yield replaceSections(bytes, module, new Map(ids.map((id) => [id, null])))
  const { exports, bodies } = module
  for (let i = 0; i < exports.length; i++) {
    yield replaceSections(bytes, module, new Map([[EXPORT, encodeExportSection(exports.toSpliced(i, 1))]]))
  }
  for (let i = 0; i < bodies.length; i++) {
    if (bodies[i]!.size > EMPTY_BODY.length)
      yield replaceSections(bytes, module, new Map([[CODE, withoutBody(bytes, module, i)]]))
  }
}

/** The payload of the code section with one body emptied. */
function withoutBody(bytes: Uint8Array, module: WasmModule, index: number): Uint8Array {
  return writer.vec(
    module.bodies.map((body, i) => {
      const contents = i === index ? EMPTY_BODY : bytes.subarray(body.offset, body.offset + body.size)
      return writer.bytes(writer.u32(contents.length), contents)
    }),
  )
}

/**
 * Returns the smallest module found for which `stillFails` holds. Bounded by attempts and time; what the budget does not allow is left as
 * it is. Bytes that our reader does not accept are reduced as plain bytes.
 */
export async function minimiseModule(bytes: Uint8Array, stillFails: StillFails, budget: ModuleBudget): Promise<MinimisedInput> {
  const untilMs = monotonicMs() + budget.milliseconds
  let attempts = 0
  const spent = (): boolean => attempts >= budget.attempts || monotonicMs() >= untilMs || budget.signal?.aborted === true
  const ask = async (candidate: Uint8Array): Promise<boolean> => {
    attempts++
    return await stillFails(Uint8Array.from(candidate))
  }
  if (spent() || !(await ask(bytes))) return { bytes, attempts, reproduced: false, complete: !spent() }
  let best = bytes
  for (let changed = true; changed && !spent(); ) {
    changed = false
    const module = tryRead(best)
    if (!module) break
    for (const candidate of smallerModules(best, module)) {
      if (spent()) break
      if (candidate.length >= best.length || !(await ask(candidate))) continue
      best = candidate
      changed = true
      break
    }
  }
  if (spent()) return { bytes: best, attempts, reproduced: true, complete: false }
  const rest = await minimiseInput(best, stillFails, {
    attempts: budget.attempts - attempts,
    milliseconds: untilMs - monotonicMs(),
    ...(budget.signal ? { signal: budget.signal } : {}),
  })
  return {
    bytes: rest.reproduced ? rest.bytes : best,
    attempts: attempts + rest.attempts,
    reproduced: true,
    complete: rest.complete,
  }
}
