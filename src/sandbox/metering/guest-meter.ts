// The meter of one guest, in the guest's thread: sets fuel and depth before each activation and reads what became of them after it.
import type { Ending } from '../isolation/guest.ts'
import { HOST_BYTE, HOST_CALL_BYTES } from './costs.ts'
import { METERING_EXPORTS } from './names.ts'

/** What the guest's module counts: plain data that can cross to the cell. Null and false: it does not. */
export interface MeterSpec {
  /** Units of fuel for each activation. */
  readonly fuel: number | null
  /** Calls that may be nested. */
  readonly callDepth: number | null
  /** Whether refused growth is noted. */
  readonly refusedGrows: boolean
}

type Counter<T> = WebAssembly.Global & { value: T }

export class GuestMeter {
  readonly #spec: MeterSpec
  readonly #fuel: Counter<bigint> | null
  readonly #depth: Counter<bigint> | null
  readonly #refusedGrows: Counter<number> | null

  /** @throws {TypeError} if the module does not export what the specification says: it must not run unmetered */
  constructor(spec: MeterSpec, exports: WebAssembly.Exports) {
    this.#spec = spec
    this.#fuel = spec.fuel === null ? null : (globalOf(exports, METERING_EXPORTS.fuel) as Counter<bigint>)
    this.#depth = spec.callDepth === null ? null : (globalOf(exports, METERING_EXPORTS.depth) as Counter<bigint>)
    this.#refusedGrows = spec.refusedGrows ? (globalOf(exports, METERING_EXPORTS.refusedGrows) as Counter<number>) : null
  }

  beginActivation(): void {
    if (this.#fuel) this.#fuel.value = BigInt(this.#spec.fuel!)
    if (this.#depth) this.#depth.value = BigInt(this.#spec.callDepth!)
    if (this.#refusedGrows) this.#refusedGrows.value = 0
  }

  /**
   * Charges for what a host call copied. The fuel is in its global while the host is called, and the guest reads it there again.
   *
   * @returns false if the fuel did not suffice
   */
  chargeCopied(bytes: number): boolean {
    if (!this.#fuel || bytes <= HOST_CALL_BYTES) return true
    this.#fuel.value -= BigInt((bytes - HOST_CALL_BYTES) * HOST_BYTE)
    return this.#fuel.value >= 0n
  }

  /** Units that the activation has used, at most the limit; null if they are not counted. */
  get fuelUsed(): number | null {
    if (!this.#fuel) return null
    const left = this.#fuel.value
    return left < 0n ? this.#spec.fuel! : this.#spec.fuel! - Number(left)
  }

  /** Bits of `REFUSED_GROWS`. */
  get refusedGrows(): number {
    return this.#refusedGrows?.value ?? 0
  }

  /**
   * The ending as it really was. A guest that is out of fuel traps as by `unreachable`; one that overdrew it on its last stretch, where nothing looks
   * any more, has exceeded its limit too, so that the same run ends in the same way however its code is laid out.
   */
  endingOf(ending: Ending): Ending {
    if (!ENDED_BY_ITSELF.has(ending.kind)) return ending
    if (this.#fuel && this.#fuel.value < 0n) return { kind: 'fuel-limit' }
    if (ending.kind === 'trapped' && this.#depth && this.#depth.value < 0n) return { kind: 'trapped', trap: 'call-depth' }
    return ending
  }
}

/** Endings of which the guest alone is the cause. */
const ENDED_BY_ITSELF: ReadonlySet<Ending['kind']> = new Set(['returned', 'exited', 'trapped', 'uncaught-exception'])

function globalOf(exports: WebAssembly.Exports, name: string): WebAssembly.Global {
  const value = exports[name]
  if (!(value instanceof WebAssembly.Global)) throw new TypeError('a metered module does not export its meter')
  return value
}
