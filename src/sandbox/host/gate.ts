// The gate: the one way from guest code into a host call. Liveness, capability, pointers and errors are dealt with here, for every call alike.

import { FIXED } from '../policy/limits/fixed.ts'
import { type AbiFunction, type AbiParameter, type Capability, LAYOUT_BYTES } from './abi/index.ts'
import type { CallTally } from './call-counts.ts'
import type { HostContext } from './context.ts'
import { ERRNO, type Errno, errnoName, GuestFault } from './errno.ts'
import { type Arguments, type Handler, memoryOf } from './handler.ts'

/** What a guest can be linked to: a function that never throws anything the guest could catch. */
export type GuestImport = (...values: (number | bigint)[]) => number

/** Whether a policy or a guest's grants have each capability: anything but null, undefined and false. */
export type Granted = Readonly<Partial<Record<Capability, unknown>>>

/** True if the grants make this host call available. Admission asks here too, so that there is one answer. */
export const isGranted = (entry: AbiFunction, grants: Granted): boolean =>
  entry.capabilities.length === 0 || entry.capabilities.some((capability) => Boolean(grants[capability]))

/** Binds one entry of the ABI table to its handler, for one guest. */
export function gate(entry: AbiFunction, handler: Handler, context: HostContext, trap: () => never): GuestImport {
  const granted = isGranted(entry, context.grants)
  const plan = planOf(entry, context)
  return (...values) => {
    let errno: number = ERRNO.io
    try {
      errno = pass(plan, handler, context, granted, values)
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
  plan: Plan,
  handler: Handler,
  context: HostContext,
  granted: boolean,
  values: readonly (number | bigint)[],
): number {
  if (context.death === null && context.stopRequested()) context.death = { kind: 'stopped' }
  // After its death a guest can get here only through code that caught something: no call does anything any more (CTL-01, CTL-10).
  if (context.death !== null || !granted) {
    refuse(plan.entry, context)
    return ERRNO.io
  }
  // Before the work, whatever comes of the call: a refused one costs the host as much as another (RES-08).
  if (--context.callsLeft < 0) {
    context.death = { kind: 'host-call-limit' }
    return ERRNO.io
  }
  context.hostCalls++
  plan.tally.calls++
  if (context.memory) context.memory.tally = plan.tally
  const before = plan.tally.fromGuest + plan.tally.toGuest
  const errno = answer(plan, handler, context, values)
  const copied = plan.tally.fromGuest + plan.tally.toGuest - before
  // At once, not at the guest's next check: a long call is paid for whatever the guest does next (RES-08).
  if (context.chargeCopied?.(copied) === false) context.death ??= { kind: 'fuel-limit' }
  // On its way to the guest anything else than a number becomes 0, which is success: a forgotten `return`, a Promise (MEM-15).
  if (errnoName(errno) === undefined) throw new TypeError('a host call answered something that is no error number')
  if (plan.logged) logUse(plan, context, errno)
  return errno
}

function answer(plan: Plan, handler: Handler, context: HostContext, values: readonly (number | bigint)[]): Errno {
  if (plan.denied) {
    blocked(plan.entry, context, 'which the policy denies')
    return ERRNO.notcapable
  }
  try {
    checkPointers(plan, values, context)
    checkLengths(plan, values)
    return handler(context, new CallArguments(plan, values))
  } catch (error) {
    if (error instanceof GuestFault && error.errno === ERRNO.mfile) tellHandles(context)
    if (error instanceof GuestFault) return error.errno
    throw error
  }
}

/** Told once in an activation. The host itself may be short of descriptors too, which is no quota's doing. */
function tellHandles({ handles, grants, reported, event }: HostContext): void {
  if (handles.use.open < grants.handles || reported.told.has('handles')) return
  reported.told.add('handles')
  const message = `The guest has its ${grants.handles} handles open.`
  event({ type: 'quota-exceeded', severity: 'warning', message, quota: 'handles', limit: grants.handles })
}

/** Uses that are told one by one; a guest that makes more only fills the host's memory (OUT-11, RES-08). */
const MAX_LOGGED = FIXED.toldCalls.limit

function logUse({ entry }: Plan, context: HostContext, errno: Errno): void {
  if (++context.logged > MAX_LOGGED) return
  const last = context.logged === MAX_LOGGED ? ' Further uses are not told.' : ''
  context.event({
    type: 'syscall-logged',
    severity: 'info',
    message: `The guest called ${entry.name}: ${errnoName(errno)}.${last}`,
    hostCall: entry.name,
    errno: errnoName(errno) ?? String(errno),
  })
}

function blocked(entry: AbiFunction, context: HostContext, why: string): void {
  if (++context.blocked > MAX_LOGGED) return
  context.event({
    type: 'syscall-blocked',
    severity: 'high',
    message: `The guest called ${entry.name}, ${why}.`,
    hostCall: entry.name,
    capability: entry.capabilities[0] ?? null,
  })
}

function refuse(entry: AbiFunction, context: HostContext): void {
  if (context.death === null) {
    blocked(entry, context, 'which is not granted')
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

/** What is known of a call from the table alone; worked out once, for all guests. */
interface Shape {
  /** Position of each parameter, by name. */
  readonly i32: ReadonlyMap<string, number>
  readonly i64: ReadonlyMap<string, number>
  readonly f64: ReadonlyMap<string, number>
  /** The pointers whose extent the table knows. */
  readonly pointers: readonly PointerPlan[]
  /** The lengths that have a maximum. */
  readonly lengths: readonly { readonly at: number; readonly max: number; readonly errno: Errno }[]
}
/** What is known of a call of one guest before it is made; put together when it is bound, because the call itself must cost little. */
interface Plan extends Shape {
  readonly entry: AbiFunction
  readonly tally: CallTally
  /** What the policy's filter says of the call. */
  readonly denied: boolean
  readonly logged: boolean
}
interface PointerPlan {
  readonly at: number
  /** Size of one element, in bytes. */
  readonly size: number
  /** Number of elements, or the position of the parameter that holds it. */
  readonly count: { readonly fixed: number } | { readonly at: number }
}

const SHAPES = new Map<AbiFunction, Shape>()

function shapeOf(entry: AbiFunction): Shape {
  const known = SHAPES.get(entry)
  if (known) return known
  const shape = newShape(entry)
  SHAPES.set(entry, shape)
  return shape
}

function newShape(entry: AbiFunction): Shape {
  const positions = (type: AbiParameter['type']) =>
    new Map(entry.parameters.flatMap((parameter, index) => (parameter.type === type ? [[parameter.name, index] as const] : [])))
  const i32 = positions('i32')
  const pointers = entry.parameters.flatMap(({ meaning }, at): PointerPlan[] => {
    if (meaning.kind !== 'pointer' || meaning.count === null) return []
    const count = typeof meaning.count === 'number' ? { fixed: meaning.count } : { at: i32.get(meaning.count)! }
    return [{ at, size: LAYOUT_BYTES[meaning.to], count }]
  })
  const lengths = entry.parameters.flatMap(({ meaning }, at) => {
    if (meaning.kind !== 'length' || meaning.max > 0xffff_fffe) return []
    const of = entry.parameters[at - 1]!.meaning
    const isPath = of.kind === 'pointer' && of.content === 'path'
    return [{ at, max: meaning.max, errno: isPath ? ERRNO.nametoolong : ERRNO.inval }]
  })
  return { i32, i64: positions('i64'), f64: positions('f64'), pointers, lengths }
}

function planOf(entry: AbiFunction, { grants, calls }: HostContext): Plan {
  const { i32, i64, f64, pointers, lengths } = shapeOf(entry)
  const { deny, log } = grants.hostCalls
  const [denied, logged] = [deny.includes(entry.name), log.includes(entry.name)]
  return { entry, tally: calls.of(entry), i32, i64, f64, pointers, lengths, denied, logged }
}

/** An i32 arrives signed, whatever it means; here it becomes unsigned, and nowhere else (MEM-01). */
const unsigned = (value: number | bigint | undefined): number => Number(value) >>> 0

/** The arguments of one call, by name. */
class CallArguments implements Arguments {
  readonly #plan: Plan
  readonly #values: readonly (number | bigint)[]

  constructor(plan: Plan, values: readonly (number | bigint)[]) {
    this.#plan = plan
    this.#values = values
  }

  i32(name: string): number {
    return unsigned(this.#at(this.#plan.i32, name))
  }

  /** An i64 arrives signed too (MEM-14). */
  i64(name: string): bigint {
    return BigInt.asUintN(64, BigInt(this.#at(this.#plan.i64, name)))
  }

  f64(name: string): number {
    return Number(this.#at(this.#plan.f64, name))
  }

  #at(positions: ReadonlyMap<string, number>, name: string): number | bigint {
    const index = positions.get(name)
    const value = index === undefined ? undefined : this.#values[index]
    if (value === undefined) throw new TypeError(`${this.#plan.entry.name} has no such parameter as ${name}`)
    return value
  }
}

/** Every pointer whose extent the table knows is checked, inputs and outputs, before the handler has any effect (MEM-21). */
function checkPointers({ pointers }: Plan, values: readonly (number | bigint)[], context: HostContext): void {
  for (const { at, size, count } of pointers) {
    const elements = 'fixed' in count ? count.fixed : unsigned(values[count.at])
    memoryOf(context).check(unsigned(values[at]), elements * size)
  }
}

/** What is longer than the table allows is refused before anything is allocated for it (MEM-10, RES-05). */
function checkLengths({ lengths }: Plan, values: readonly (number | bigint)[]): void {
  for (const { at, max, errno } of lengths) if (unsigned(values[at]) > max) throw new GuestFault(errno)
}
