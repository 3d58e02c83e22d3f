// The key-value store of the embedder, as the broker uses it: values by namespace and key. Embedders may bring their own.

/** What a namespace holds. Bytes are those of the keys, in UTF-8, and of the values. */
export interface KvUsage {
  readonly entries: number
  readonly bytes: number
}

/**
 * Everything is done at once, so that it can be offered to guests in the caller's own thread. A namespace is never part of a key nor a key
 * part of a name: both are compared whole. Keys are well-formed Unicode without NUL. A method that throws has changed nothing.
 */
export interface KvStore {
  /** A copy of the value; null if there is none. */
  get(namespace: string, key: string): Uint8Array | null
  /** Keeps a copy of the value. */
  set(namespace: string, key: string, value: Uint8Array): void
  /** False if there was none. */
  delete(namespace: string, key: string): boolean
  /** Keys that begin with the prefix, in code-point order. */
  keys(namespace: string, prefix: string): Iterable<string>
  usage(namespace: string): KvUsage
  /** Does the work with no other writer in between, in this process or another; if it throws, nothing of it has happened. */
  atomically<T>(work: () => T): T
}

/** @throws {TypeError} if the key is none that a guest could name, or that two stores could agree on */
export function checkKey(key: string): void {
  if (!key.isWellFormed() || key.includes('\0')) throw new TypeError('a key must be well-formed Unicode without NUL')
}
