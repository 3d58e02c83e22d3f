// Watches the JavaScript realm of the chamber: a marker on the global object, and the properties of the built-in prototypes.
import type { Disturbance } from './canaries.ts'

const MARKER = Symbol.for('wasm-gauntlet.marker')

/** The prototypes whose properties every object, function, array and promise of the host shares. */
const WATCHED: readonly (readonly [name: string, object: object])[] = [
  ['Object.prototype', Object.prototype],
  ['Function.prototype', Function.prototype],
  ['Array.prototype', Array.prototype],
  ['Promise.prototype', Promise.prototype],
]

type Properties = ReadonlyMap<PropertyKey, PropertyDescriptor>

const propertiesOf = (object: object): Properties =>
  new Map(Reflect.ownKeys(object).map((key) => [key, Reflect.getOwnPropertyDescriptor(object, key)!]))

const same = (a: PropertyDescriptor | undefined, b: PropertyDescriptor | undefined): boolean =>
  a !== undefined && b !== undefined && a.get === b.get && a.set === b.set && Object.is(a.value, b.value)

export class RealmWatch {
  readonly #before: readonly Properties[]
  readonly #marker = Object.freeze({ planted: true })

  /** Takes the picture: to be called after the target has been loaded, and before it sees a guest. */
  constructor() {
    this.#before = WATCHED.map(([, object]) => propertiesOf(object))
    // A global property that a host's code can change, as any other global of an application.
    Reflect.defineProperty(globalThis, MARKER, { value: this.#marker, writable: true, configurable: true, enumerable: true })
  }

  /** What has changed since. */
  check(): Disturbance[] {
    const found: Disturbance[] = []
    if (Reflect.get(globalThis, MARKER) !== this.#marker) {
      found.push({ name: 'global-marker', seen: 'the marker on globalThis was changed or removed' })
    }
    WATCHED.forEach(([name, object], index) => {
      const before = this.#before[index]!
      const now = propertiesOf(object)
      const changed = [...new Set([...before.keys(), ...now.keys()])].filter((key) => !same(before.get(key), now.get(key)))
      if (changed.length === 0) return
      found.push({
        name: 'prototype',
        seen: `${name} has new, changed or missing properties: ${changed.slice(0, 5).map(String).join(', ')}`,
      })
    })
    return found
  }
}
