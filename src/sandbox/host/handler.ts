// The shape of a host call's handler.
import type { HostContext } from './context.ts'
import { ERRNO, type Errno, GuestFault } from './errno.ts'
import type { GuestMemory } from './guest-memory.ts'

/** Decoded arguments by parameter name: i32 as unsigned number, i64 as unsigned bigint. */
export interface Arguments {
  i32(name: string): number
  i64(name: string): bigint
  f64(name: string): number
}

/** Does the work and returns the errno, or throws {@link GuestFault}; anything else that it throws ends the guest as a fault of the sandbox. */
export type Handler = (context: HostContext, args: Arguments) => Errno

/** The guest's memory; a guest without one can pass no valid pointer. */
export function memoryOf(context: HostContext): GuestMemory {
  if (!context.memory) throw new GuestFault(ERRNO.fault)
  return context.memory
}
