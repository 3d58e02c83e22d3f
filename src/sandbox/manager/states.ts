// The states of a managed guest, and every way from one to another. Data: the life cycle's documentation and its model-based test read it too.

/**
 * - `created`: its bytes are here; nobody has looked at them.
 * - `admitted`: the policy admits the module; it has no jail yet, or none any more.
 * - `ready`: it is in its jail, between two calls.
 * - `running`: in the middle of a call, or while its state is captured.
 * - `suspended`: as `ready`, but it takes no calls until it is resumed; its jail is kept.
 * - `snapshotted`: its state is in a snapshot; its jail has been given back.
 * - `terminated`: ended in order, by its host or by itself (a command that is over, an exit).
 * - `failed`: refused, or ended by a trap, a limit, or the loss of its jail.
 */
export const GUEST_STATES = [
  'created',
  'admitted',
  'ready',
  'running',
  'suspended',
  'snapshotted',
  'terminated',
  'failed',
] as const
export type GuestState = (typeof GUEST_STATES)[number]

/** What can happen to a guest. */
export type GuestAction =
  | 'admit'
  | 'start'
  | 'call'
  | 'capture'
  | 'return'
  | 'hold'
  | 'suspend'
  | 'resume'
  | 'keep'
  | 'restore'
  | 'terminate'
  | 'fail'

type Row = { readonly [A in GuestAction]?: GuestState }
const ANY_TIME: Row = { terminate: 'terminated', fail: 'failed' }

export const TRANSITIONS: { readonly [S in GuestState]: Row } = {
  created: { admit: 'admitted', ...ANY_TIME },
  admitted: { start: 'ready', ...ANY_TIME },
  ready: { call: 'running', capture: 'running', suspend: 'suspended', ...ANY_TIME },
  // `return` goes back to where a call or a capture began, `hold` to where the capture of a suspended guest did; `keep` gives the jail back.
  running: { return: 'ready', hold: 'suspended', keep: 'snapshotted', ...ANY_TIME },
  suspended: { resume: 'ready', capture: 'running', ...ANY_TIME },
  snapshotted: { restore: 'admitted', ...ANY_TIME },
  terminated: {},
  failed: {},
}

/** What has to be done before anything else can be. */
const FIRST: { readonly [S in GuestState]: string } = {
  created: 'start it first',
  admitted: 'start it first, or wait until it has been started',
  ready: 'it is between two calls',
  running: 'wait for the end of its call',
  suspended: 'resume it first',
  snapshotted: 'restore it first',
  terminated: 'it has ended; create a new one',
  failed: 'it has ended; create a new one',
}

/** In one sentence, why not. */
export const refusal = (state: GuestState, wish: string): string => `A guest that is ${state} cannot be ${wish}: ${FIRST[state]}.`

export const hasEnded = (state: GuestState): boolean => state === 'terminated' || state === 'failed'
