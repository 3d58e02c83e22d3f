// The gate: the one way from guest code into a host call. Liveness, capability, pointers and errors are dealt with here, for every call alike.
import type { AbiFunction, AbiParameter } from './abi-types.ts'
import { LAYOUT_BYTES } from './abi-types.ts'
import type { Grants, HostContext } from './context.ts'
import { ERRNO, GuestFault } from './errno.ts'
import { type Arguments, type Handler, memoryOf } from './handler.ts'

/** What a guest can be linked to: a function that never throws anything the guest could catch. */
export type GuestImport = (...values: (number | bigint)[]) => number

/** True if the grants make this host call available. Admission asks here too, so that there is one answer. */
export function isGranted(entry: AbiFunction, grants: Pick<Grants, 'stdio' | 'clock' | 'random'>): boolean {
  switch (entry.capability) {
    case 'always':
    case 'args':
    case 'env':
      return entry.offered
    case 'stdio':
      return entry.offered && grants.stdio !== null
    case 'clock':
      return entry.offered && grants.clock !== null
    case 'random':
      return entry.offered && grants.random !== null
    default:
      return false
  }
}

/** Binds one entry of the ABI table to its handler, for one guest. */
export function gate(entry: AbiFunction, handler: Handler, context: HostContext, trap: () => never): GuestImport {
  const granted = isGranted(entry, context.grants)
  return (...values) => {
    let errno: number = ERRNO.io
    try {
      errno = pass(entry, handler, context, granted, values)
    } catch (error) {
      // Nothing is called here: a deep guest may have left too little stack for it, and what is thrown then (a SyntaxError, if a regular
      // expression is compiled) is one that the guest's `catch_all` can catch (CTL-04). What it was is found out when the guest is gone.
      context.death ??= { kind: 'host-threw', call: entry.name, error }
    }
    // Outside of any try: a trap that was caught and thrown again would be an exception that the guest can catch (CTL-02).
    if (context.death !== null) return trap()
    return errno
  }
}

/** The call itself, if the guest is alive and may make it. Any exception that leaves here ends the guest. */
function pass(
  entry: AbiFunction,
  handler: Handler,
  context: HostContext,
  granted: boolean,
  values: readonly (number | bigint)[],
): number {
  if (context.death === null && context.stopRequested()) context.death = { kind: 'stopped' }
  // After its death a guest can get here only through code that caught something: no call does anything any more (CTL-01, CTL-10).
  if (context.death !== null || !granted) {
    refuse(entry, context)
    return ERRNO.io
  }
  context.hostCalls++
  try {
    const args = decode(entry, values)
    checkFixedPointers(entry, args, context)
    return handler(context, args)
  } catch (error) {
    if (error instanceof GuestFault) return error.errno
    throw error
  }
}

function refuse(entry: AbiFunction, context: HostContext): void {
  if (context.death === null) {
    context.event({
      type: 'syscall-blocked',
      severity: 'high',
      message: `The guest called ${entry.name}, which is not granted.`,
      hostCall: entry.name,
      capability: entry.capability,
    })
    context.death = { kind: 'host-threw', call: entry.name, error: new Error('it was linked without a grant') }
  } else if (context.death.kind !== 'stopped') {
    context.event({
      type: 'suspicious-behaviour',
      severity: 'high',
      message: `The guest called ${entry.name} after it had ended.`,
      what: 'host-call-after-end',
    })
  }
}

/** i32 arrives signed and becomes unsigned, i64 likewise (MEM-01, MEM-14). */
function decode(entry: AbiFunction, values: readonly (number | bigint)[]): Arguments {
  const at = (name: string, type: AbiParameter['type']): number | bigint => {
    const index = entry.parameters.findIndex((p) => p.name === name && p.type === type)
    const value = values[index]
    if (value === undefined) throw new TypeError(`${entry.name} has no ${type} parameter ${name}`)
    return value
  }
  return {
    i32: (name) => Number(at(name, 'i32')) >>> 0,
    i64: (name) => BigInt.asUintN(64, BigInt(at(name, 'i64'))),
  }
}

/** Every pointer whose extent the table knows is checked, inputs and outputs, before the handler has any effect (MEM-21). */
function checkFixedPointers(entry: AbiFunction, args: Arguments, context: HostContext): void {
  for (const { name, meaning } of entry.parameters) {
    if (meaning.kind !== 'pointer' || meaning.count === null) continue
    const count = typeof meaning.count === 'number' ? meaning.count : args.i32(meaning.count)
    memoryOf(context).check(args.i32(name), count * LAYOUT_BYTES[meaning.to])
  }
}
