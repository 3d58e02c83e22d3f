// A key-value store that lives as long as the process.
import { checkKey, type KvStore, type KvUsage } from './kv-store.ts'

interface Namespace {
  readonly values: Map<string, Uint8Array>
  /** Of keys and values: formed anew for each change, it would make every write as slow as the namespace is large (RES-12). */
  bytes: number
}

export class MemoryKvStore implements KvStore {
  // Maps, because both names can be anything: `__proto__` is a key like any other (LNK-08).
  readonly #namespaces = new Map<string, Namespace>()

  get(namespace: string, key: string): Uint8Array | null {
    return this.#namespaces.get(namespace)?.values.get(key)?.slice() ?? null
  }

  set(namespace: string, key: string, value: Uint8Array): void {
    checkKey(key)
    const at = this.#namespaces.get(namespace) ?? { values: new Map<string, Uint8Array>(), bytes: 0 }
    const copy = new Uint8Array(value)
    at.bytes += copy.length - (at.values.get(key)?.length ?? -Buffer.byteLength(key))
    at.values.set(key, copy)
    this.#namespaces.set(namespace, at)
  }

  delete(namespace: string, key: string): boolean {
    const at = this.#namespaces.get(namespace)
    const old = at?.values.get(key)
    if (!at || !old) return false
    at.bytes -= Buffer.byteLength(key) + old.length
    return at.values.delete(key)
  }

  keys(namespace: string, prefix: string): string[] {
    const keys = [...(this.#namespaces.get(namespace)?.values.keys() ?? [])].filter((key) => key.startsWith(prefix))
    // The order of UTF-8 is that of code points; the order of JavaScript's strings is not.
    return keys
      .map((key) => Buffer.from(key))
      .sort(Buffer.compare)
      .map((key) => key.toString())
  }

  usage(namespace: string): KvUsage {
    const at = this.#namespaces.get(namespace)
    return { entries: at?.values.size ?? 0, bytes: at?.bytes ?? 0 }
  }

  /** One thread and no waiting: nothing can come between. Work of the broker's changes one value, as its last step. */
  atomically<T>(work: () => T): T {
    return work()
  }
}
