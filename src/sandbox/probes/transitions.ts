// The way of a replacement, as data: every state that it can be in, and what leads from one to another. What is not here cannot happen.

/**
 * - `none`: there is no replacement; the active version has all runs.
 * - `vetting`: its bytes and its manifest are looked at.
 * - `awaiting-consent`: it wants more than anybody has agreed to.
 * - `recording-consent`: the answer is being written down.
 * - `canary`: it has a share of the runs, and is compared.
 */
export const REPLACEMENT_STATES = ['none', 'vetting', 'awaiting-consent', 'recording-consent', 'canary'] as const
export type ReplacementState = (typeof REPLACEMENT_STATES)[number]

/** `activate`, `promote` make it the active version; `refuse`, `roll-back`, `withdraw` end it; the active version is the same as before. */
export const REPLACEMENT_STEPS = [
  'swap',
  'refuse',
  'ask',
  'answer',
  'ask-again',
  'activate',
  'try',
  'promote',
  'roll-back',
  'withdraw',
] as const
export type ReplacementStep = (typeof REPLACEMENT_STEPS)[number]

/** From, step, to. */
export const TRANSITIONS: readonly (readonly [ReplacementState, ReplacementStep, ReplacementState])[] = [
  ['none', 'swap', 'vetting'],
  ['vetting', 'refuse', 'none'],
  ['vetting', 'ask', 'awaiting-consent'],
  ['vetting', 'activate', 'none'],
  ['vetting', 'try', 'canary'],
  ['vetting', 'withdraw', 'none'],
  ['awaiting-consent', 'answer', 'recording-consent'],
  ['awaiting-consent', 'withdraw', 'none'],
  ['recording-consent', 'refuse', 'none'],
  // The answer could not be kept, so it does not count.
  ['recording-consent', 'ask-again', 'awaiting-consent'],
  ['recording-consent', 'activate', 'none'],
  ['recording-consent', 'try', 'canary'],
  ['recording-consent', 'withdraw', 'none'],
  ['canary', 'promote', 'none'],
  ['canary', 'roll-back', 'none'],
]

/** Null if that step does not lead anywhere from there. */
export const next = (state: ReplacementState, step: ReplacementStep): ReplacementState | null =>
  TRANSITIONS.find(([from, by]) => from === state && by === step)?.[2] ?? null
