// The names under which a metered module exports what the sandbox reads and sets. No guest can have them: the prefix is reserved.

/** Exports of a guest that begin with this are refused at admission, so nothing can stand in for the sandbox's own (LNK-11). */
export const RESERVED_PREFIX = '$gauntlet.'

export const METERING_EXPORTS = {
  /** Mutable i64: units of fuel that are left; below zero once they are used up. */
  fuel: '$gauntlet.fuel',
  /** Mutable i64: calls that may still be nested; below zero once one was too many. */
  depth: '$gauntlet.depth',
  /** Mutable i32: what the policy's maxima refused, as bits of `REFUSED_GROWS`. */
  refusedGrows: '$gauntlet.refusedGrows',
} as const

/** Bits of the exported global `refusedGrows`. */
export const REFUSED_GROWS = { memory: 1, table: 2 } as const
