// What the tests of snapshots share: policies for both isolation levels, a module that counts, and guests without a sandbox around them.
import { admit } from '../../../src/sandbox/admission/admit.ts'
import type { Grants } from '../../../src/sandbox/host/context.ts'
import type { PolicyInput } from '../../../src/sandbox/index.ts'
import { Guest, type GuestSpec } from '../../../src/sandbox/isolation/guest.ts'
import { resolvePolicy } from '../../../src/sandbox/policy/resolve.ts'
import { FEATURES } from '../../../src/wasm/index.ts'
import { GRANTS } from '../support/calls.ts'
import { wat } from '../support/wat.ts'

export const INLINE: PolicyInput = {
  extends: 'relaxed',
  isolation: { level: 'inline', exclusiveJail: false },
  quotas: { wallClockMs: null, cpuMs: null, residentBytes: null },
}
export const JAIL: PolicyInput = { extends: 'default' }

/** Counts in memory and in a global that nobody exports; grows. */
export const COUNTER = `(module
  (memory (export "memory") 1 8)
  (global $hidden (mut i64) (i64.const 40))
  (data (i32.const 70) "laid in at instantiation")
  (func (export "bump") (result i64)
    (i32.store (i32.const 50000) (i32.add (i32.load (i32.const 50000)) (i32.const 1)))
    (i32.store8 (i32.const 70) (i32.const 0))
    (global.set $hidden (i64.add (global.get $hidden) (i64.const 1)))
    (global.get $hidden))
  (func (export "grow") (result i32) (memory.grow (i32.const 1)))
  (func (export "size") (result i32) (memory.size))
  (func (export "byte") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "count") (result i32) (i32.load (i32.const 50000))))`

const POLICY = resolvePolicy({ extends: 'relaxed', features: [...FEATURES] })

export interface Prepared {
  readonly spec: GuestSpec
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** A module, admitted for snapshots with every feature that there is. @throws if it is refused or cannot be captured */
export function capturable(module: string | Uint8Array, grants: Partial<Grants> = {}): Prepared {
  const admission = admit(typeof module === 'string' ? wat(module) : module, POLICY, true)
  if (admission.verdict === 'refused') throw admission.refusal
  const { imports, memoryExport, startExport, functions, bytes, snapshots } = admission
  if (!snapshots || 'problem' in snapshots) throw new Error('it cannot be captured')
  const spec = {
    imports,
    memoryExport,
    startExport,
    functions: [...functions.keys()],
    grants: { ...GRANTS, ...grants },
    snapshots,
  }
  return { bytes, spec }
}

/** A guest that was loaded, with the state of an image if one is given. */
export function guestOf({ spec, bytes }: Prepared, image?: Uint8Array): Guest {
  const guest = new Guest(image ? { ...spec, image } : spec, {
    output: () => {},
    event: () => {},
    report: () => {},
    channel: { call: () => ({ errno: 0, fields: {}, body: new Uint8Array(0) }) },
    stopRequested: () => false,
    sleep: () => {},
  })
  const ending = guest.load(bytes)
  if (ending.kind !== 'returned') throw new Error(`the guest did not start: ${JSON.stringify(ending)}`)
  return guest
}

/** The state of a guest that can be captured. */
export function imageOf(guest: Guest): Uint8Array<ArrayBuffer> {
  const { captured, ending } = guest.capture()
  if (!captured || 'problem' in captured) throw new Error(`it was not captured: ${JSON.stringify(captured ?? ending)}`)
  return captured.image
}

/** The guest in the place of one that was used. */
export function successorOf(used: Guest, image: Uint8Array): Guest {
  const guest = used.successor(image)
  const ending = guest.load(used.module!)
  if (ending.kind !== 'returned') throw new Error(`the guest was not restored: ${JSON.stringify(ending)}`)
  return guest
}
