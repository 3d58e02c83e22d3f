// What may be asked of a managed guest, in whatever state it is; its module exports `next` without parameters, and `trap`.
import type { ManagedGuest } from '../../src/sandbox/manager/managed-guest.ts'

export const WISHES = {
  start: (guest: ManagedGuest) => guest.start(),
  call: (guest: ManagedGuest) => guest.call('next'),
  trap: (guest: ManagedGuest) => guest.call('trap'),
  misfit: (guest: ManagedGuest) => guest.call('next', 1),
  suspend: async (guest: ManagedGuest) => guest.suspend(),
  resume: async (guest: ManagedGuest) => guest.resume(),
  snapshot: (guest: ManagedGuest) => guest.snapshot(),
  restore: (guest: ManagedGuest) => guest.restore(),
  terminate: (guest: ManagedGuest) => guest.terminate(),
} as const
export type Wish = keyof typeof WISHES
