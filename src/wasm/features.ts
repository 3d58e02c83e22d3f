// The proposals beyond the first version of WebAssembly that a module can use, and the record of where it first does.

/**
 * Post-MVP features, by the names that the field uses for the proposals.
 *
 * Where two proposals share an encoding, the name is the one that introduced it: tags and `throw` count as `exceptions` even
 * in a module that otherwise uses `legacy-exceptions`; 64-bit tables count as `memory64`; several tables as `reference-types`.
 */
export const FEATURES = [
  'sign-extension',
  'saturating-float-to-int',
  'multi-value',
  'mutable-globals',
  'bulk-memory',
  'reference-types',
  'simd',
  'relaxed-simd',
  'tail-call',
  'exceptions',
  'legacy-exceptions',
  'extended-const',
  'threads',
  'memory64',
  'multi-memory',
  'typed-function-references',
  'gc',
] as const

export type Feature = (typeof FEATURES)[number]

/** Remembers for each feature the byte offset of its first use. */
export class FeatureLog {
  readonly firstUse = new Map<Feature, number>()

  note(feature: Feature, offset: number): void {
    if (!this.firstUse.has(feature)) this.firstUse.set(feature, offset)
  }
}
