// Data without a prototype: what somebody else put on `Object.prototype` is not part of it.

/**
 * A deep copy of plain data whose objects have a null prototype. Validators walk objects with `for…in`, which also visits what a polluted
 * `Object.prototype` carries, and would then refuse, or worse accept, keys that nobody wrote (LNK-02).
 */
export function ownData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ownData)
  if (value === null || typeof value !== 'object' || !isPlain(value)) return value
  const copy = Object.create(null) as Record<string, unknown>
  for (const [key, entry] of Object.entries(value)) copy[key] = ownData(entry)
  return copy
}

const isPlain = (value: object) => Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null
