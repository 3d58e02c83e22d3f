// A module with its meter against the same module without: what guests can see is equal, and what the checker accepts counts.
import { admit } from '../../src/sandbox/admission/admit.ts'
import { planMaxima } from '../../src/sandbox/admission/maxima.ts'
import { watched } from '../../src/sandbox/admission/metered.ts'
import { checkMetering } from '../../src/sandbox/metering/check.ts'
import { MeteringDefect } from '../../src/sandbox/metering/metering-defect.ts'
import { METERING_EXPORTS } from '../../src/sandbox/metering/names.ts'
import { resolvePolicy } from '../../src/sandbox/policy/resolve.ts'
import { MalformedModule, readModule, type WasmModule } from '../../src/wasm/index.ts'

const policy = resolvePolicy({ quotas: { fuel: 1_000_000, callDepth: 1_000 } })
/** Far more than the programs need, which loop four times at most. */
const PLENTY = 1_000_000n
/** What a program may use that is hardly paid for: its fuel is out after the first blocks. */
const LITTLE = 10n

/** @returns the metered bytes, or what is wrong with an honest module that is not admitted */
export function meteredOf(bytes: Uint8Array): { readonly written: Uint8Array<ArrayBuffer> } | { readonly problem: string } {
  const admitted = admit(bytes, policy)
  if (admitted.verdict === 'refused') return { problem: `an honest module is refused: ${admitted.refusal.message}` }
  return { written: new Uint8Array(admitted.bytes) }
}

/** Everything that the caller of an instance can see: result or trap, and the memory. */
interface Seen {
  readonly ending: string
  readonly memory: Uint8Array
  /** Null if it is not counted. */
  readonly left: bigint | null
}

function runs(bytes: Uint8Array<ArrayBuffer>, fuel: bigint): Seen {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {})
  const counter = (name: string) => exports[name] as (WebAssembly.Global & { value: bigint }) | undefined
  const meter = counter(METERING_EXPORTS.fuel)
  const depth = counter(METERING_EXPORTS.depth)
  if (meter) meter.value = fuel
  if (depth) depth.value = 1_000n
  const memory = () => new Uint8Array((exports['memory'] as WebAssembly.Memory).buffer).slice()
  const run = exports['run'] as (a: number, b: number) => number
  let ending: string
  try {
    ending = `returned ${run(3, -5)}`
  } catch (error) {
    // An exception that leaves the guest has no text; a trap's tells which one it was.
    ending =
      error instanceof WebAssembly.RuntimeError ? `trapped: ${error.message}` : `threw ${(error as Error).constructor.name}`
  }
  return { ending, memory: memory(), left: meter?.value ?? null }
}

/** @returns what is wrong, in one sentence, or null */
export function sameBehaviour(bytes: Uint8Array<ArrayBuffer>, written: Uint8Array<ArrayBuffer>): string | null {
  const before = runs(bytes, PLENTY)
  const after = runs(written, PLENTY)
  if (before.ending !== after.ending) return `unmetered it ${before.ending}; metered it ${after.ending}`
  if (Buffer.compare(before.memory, after.memory) !== 0) return 'it leaves another memory when it is metered'
  if (after.left === null || after.left === PLENTY) return 'it ran and used no fuel'
  return null
}

/** Sections that admission writes whatever is metered: the bounds of tables and memories are none of the checker's business. */
const NOT_METERING = [4, 5]

/** Offsets of what metering may have written. */
export function meteredPlaces(written: Uint8Array): readonly number[] {
  return readModule(written)
    .sections.filter(({ id }) => !NOT_METERING.includes(id))
    .flatMap(({ offset, size }) => Array.from({ length: size }, (_, index) => offset + index))
}

/**
 * A metered module that somebody changed. Either the checker refuses it, or it still counts: it does what the module does, and stops when the fuel
 * does not suffice for what the honest one used.
 */
export function checkerIsNotFooled(
  bytes: Uint8Array<ArrayBuffer>,
  written: Uint8Array<ArrayBuffer>,
  changed: Uint8Array<ArrayBuffer>,
): string | null {
  if (!isProven(bytes, changed) || !WebAssembly.validate(changed)) return null
  const honest = runs(written, PLENTY)
  const other = runs(changed, PLENTY)
  if (other.ending !== honest.ending) return `the checker accepts what ${other.ending}, where the guest ${honest.ending}`
  if (Buffer.compare(other.memory, honest.memory) !== 0) return 'the checker accepts what leaves another memory'
  if (other.left! > honest.left!)
    return `the checker accepts what used ${PLENTY - other.left!} units in place of ${PLENTY - honest.left!}`
  const cut = runs(changed, LITTLE)
  const due = PLENTY - honest.left!
  return due > LITTLE && !cut.ending.startsWith('trapped') && cut.left! >= 0n
    ? `the checker accepts what ends as if nothing were missing with ${LITTLE} of ${due} units`
    : null
}

function isProven(bytes: Uint8Array, changed: Uint8Array): boolean {
  const module = readModule(bytes)
  try {
    checkMetering(bytes, module, changed, meteringOf(module))
    return true
  } catch (error) {
    if (error instanceof MeteringDefect || error instanceof MalformedModule) return false
    throw error
  }
}

const meteringOf = (module: WasmModule) => ({ fuel: true, depth: true, ...watched(module, planMaxima(module, policy)) })
