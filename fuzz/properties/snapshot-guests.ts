// A guest that is restored, in a new instance or in the place of a used one, goes on like the one that was captured; what could not be restored is not
// captured; nobody gets rights by it; and what the used one had open is given back.
import fc from 'fast-check'
import { assemble } from '../../src/attacks/assemble.ts'
import type { Property } from '../../src/campaign/property.ts'
import { type Admitted, admit } from '../../src/sandbox/admission/admit.ts'
import type { Grants } from '../../src/sandbox/host/context.ts'
import { Guest, type GuestSpec } from '../../src/sandbox/isolation/guest.ts'
import { resolvePolicy } from '../../src/sandbox/policy/resolve.ts'
import { decodeImage, encodeImage } from '../../src/sandbox/snapshot/image.ts'
import type { SnapshotPlan } from '../../src/sandbox/snapshot/plan.ts'
import { FEATURES } from '../../src/wasm/index.ts'
import { checkProperty } from '../check.ts'

const POLICY = resolvePolicy({ extends: 'relaxed', features: [...FEATURES] })
const W = 'wasi_snapshot_preview1'
const G = 'gauntlet_v1'

/** Steps have the type of `two`, questions that of `ask`. The buffers are behind what is poked. */
const GUEST = `
  (type $two (func (param i32 i32)))
  (import "${W}" "fd_close" (func $close (param i32) (result i32)))
  (import "${W}" "fd_renumber" (func $renumber (param i32 i32) (result i32)))
  (import "${W}" "fd_fdstat_get" (func $fdstat (param i32 i32) (result i32)))
  (import "${W}" "fd_fdstat_set_flags" (func $flags (param i32 i32) (result i32)))
  (import "${W}" "fd_fdstat_set_rights" (func $rights (param i32 i64 i64) (result i32)))
  (import "${W}" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "${W}" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "${W}" "path_filestat_get" (func $stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "${W}" "random_get" (func $random (param i32 i32) (result i32)))
  (import "${G}" "crypto_key" (func $key (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1 4)
  (data (i32.const 16) "laid in")
  (data (i32.const 1000) "new")
  (data (i32.const 65535) "z")
  (global $n (mut i64) (i64.const 40)) (global $f (mut f32) (f32.const 1))
  (table $t 3 5 funcref) (elem (table $t) (i32.const 0) func $nop) (elem declare func $nop)
  (func $nop)
  (func (export "poke") (type $two) (i32.store8 (i32.and (local.get 0) (i32.const 31)) (local.get 1)))
  (func (export "far") (type $two) (i32.store8 (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 1)) (local.get 1)))
  (func (export "grow") (type $two) (drop (memory.grow (i32.and (local.get 0) (i32.const 1)))))
  (func (export "count") (type $two) (global.set $n (i64.add (global.get $n) (i64.extend_i32_s (local.get 0)))))
  (func (export "float") (type $two) (global.set $f (f32.reinterpret_i32 (local.get 0))))
  (func (export "place") (type $two) (table.set $t (i32.and (local.get 0) (i32.const 1))
    (if (result funcref) (i32.and (local.get 1) (i32.const 1)) (then (ref.func $nop)) (else (ref.null func)))))
  (func (export "close") (type $two) (drop (call $close (i32.and (local.get 0) (i32.const 7)))))
  (func (export "renumber") (type $two) (drop (call $renumber (i32.and (local.get 0) (i32.const 3)) (i32.and (local.get 1) (i32.const 3)))))
  (func (export "flags") (type $two) (drop (call $flags (i32.and (local.get 0) (i32.const 3)) (i32.and (local.get 1) (i32.const 4)))))
  (func (export "rights") (type $two) (drop (call $rights (i32.and (local.get 0) (i32.const 3)) (i64.const 0) (i64.const 0))))
  (func (export "read") (type $two) (drop (call $input)))
  (func (export "open") (type $two) (drop (call $file (i32.and (local.get 0) (i32.const 1)))))
  (func (export "make") (type $two) (if (i32.eqz (call $file (i32.const 1))) (then (drop (call $close (i32.load (i32.const 1108)))))))
  (func (export "key") (type $two) (drop (call $key (i32.const 1000) (i32.const 3) (i32.const 1104))))
  (func (export "random") (type $two) (drop (call $random (i32.const 1112) (i32.const 4))))
  (func $file (param $create i32) (result i32)
    (call $open (i32.const 3) (i32.const 0) (i32.const 1000) (i32.const 3) (local.get $create) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 1108)))
  (func $input (result i32)
    (i32.store (i32.const 1116) (i32.const 1128)) (i32.store (i32.const 1120) (i32.const 1))
    (i32.add (call $read (i32.const 0) (i32.const 1116) (i32.const 1) (i32.const 1124)) (i32.load8_u (i32.const 1128))))
  (func (export "?bytes") (param i32) (result i64) (i64.load (i32.and (local.get 0) (i32.const 31))))
  (func (export "?far") (param i32) (result i64)
    (i64.extend_i32_u (i32.load8_u (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 1)))))
  (func (export "?size") (param i32) (result i64) (i64.extend_i32_u (memory.size)))
  (func (export "?count") (param i32) (result i64) (global.get $n))
  (func (export "?float") (param i32) (result i64) (i64.extend_i32_u (i32.reinterpret_f32 (global.get $f))))
  (func (export "?place") (param i32) (result i64) (i64.extend_i32_u (ref.is_null (table.get $t (i32.and (local.get 0) (i32.const 1))))))
  (func (export "?flags") (param i32) (result i64)
    (if (result i64) (call $fdstat (local.get 0) (i32.const 1200)) (then (i64.const -1)) (else (i64.load16_u (i32.const 1202)))))
  (func (export "?base") (param i32) (result i64)
    (if (result i64) (call $fdstat (local.get 0) (i32.const 1200)) (then (i64.const 0)) (else (i64.load (i32.const 1208)))))
  (func (export "?inheriting") (param i32) (result i64)
    (if (result i64) (call $fdstat (local.get 0) (i32.const 1200)) (then (i64.const 0)) (else (i64.load (i32.const 1216)))))
  (func (export "?file") (param i32) (result i64)
    (i64.extend_i32_u (call $stat (i32.const 3) (i32.const 0) (i32.const 1000) (i32.const 3) (i32.const 1300))))
  (func (export "?input") (param i32) (result i64) (i64.extend_i32_u (call $input)))
  (func (export "?random") (param i32) (result i64) (drop (call $random (i32.const 1112) (i32.const 8))) (i64.load (i32.const 1112)))`

/** State that cannot be looked at from outside. Such a module is not captured at all, or its guests go on the same too. */
const HIDDEN: Readonly<Record<string, string>> = {
  nothing: '',
  'a data segment': `(data $d "x")
    (func (export "drop") (type $two) (data.drop $d))
    (func (export "?data") (param i32) (result i64) (memory.init $d (i32.const 1400) (i32.const 0) (i32.const 1)) (i64.const 0))`,
  'an element segment': `(table $u 1 funcref) (elem $e func $nop)
    (func (export "drop") (type $two) (elem.drop $e))
    (func (export "?element") (param i32) (result i64) (table.init $u $e (i32.const 0) (i32.const 0) (i32.const 1)) (i64.const 0))`,
}
/** The same for objects, which only the other assembler can write. */
const OBJECT = '(type $s (struct (field (mut i32))))'
const OBJECTS: Readonly<Record<string, string>> = {
  'objects in a table': `(module ${OBJECT} (type $two (func (param i32 i32)))
    (table $t 1 (ref null $s)) (elem (table $t) (i32.const 0) (ref null $s) (item (struct.new_default $s)))
    (func (export "set") (type $two) (struct.set $s 0 (table.get $t (i32.const 0)) (local.get 0)))
    (func (export "?field") (param i32) (result i64) (i64.extend_i32_s (struct.get $s 0 (table.get $t (i32.const 0))))))`,
  'an object in a global': `(module ${OBJECT} (type $two (func (param i32 i32)))
    (global $g (ref $s) (struct.new_default $s))
    (func (export "set") (type $two) (struct.set $s 0 (global.get $g) (local.get 0)))
    (func (export "?field") (param i32) (result i64) (i64.extend_i32_s (struct.get $s 0 (global.get $g)))))`,
}
const texts = (): [string, string, 'wabt' | 'binaryen'][] => [
  ...Object.entries(HIDDEN).map(([name, more]): [string, string, 'wabt'] => [name, `(module ${GUEST} ${more})`, 'wabt']),
  ...Object.entries(OBJECTS).map(([name, text]): [string, string, 'binaryen'] => [name, text, 'binaryen']),
]

const GRANTS: Grants = {
  stdio: { stdin: true, stdout: true, stderr: true },
  args: [],
  env: [],
  clock: null,
  random: { seed: 7 },
  stdin: new TextEncoder().encode('input'),
  outputBytes: 1000,
  handles: 8,
  fs: {
    mounts: [{ kind: 'memory', at: '/m', writable: true, entries: [] }],
    quotas: { bytes: 1000, inodes: 10, nameBytes: 255, pathBytes: 4096 },
  },
  net: false,
  kv: false,
  log: false,
  metric: false,
  result: false,
  crypto: true,
  reports: { count: 0, bytes: 0 },
  hostCalls: { deny: [], log: [] },
  callLimit: null,
}
const HOST = { handles: 4, seeded: true }

interface Prepared {
  readonly spec: GuestSpec
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly plan: SnapshotPlan
  readonly steps: readonly string[]
  readonly questions: readonly string[]
}
/** Null for a module whose state cannot be captured. */
function prepare(bytes: Uint8Array): Prepared | null {
  const admission = admit(bytes, POLICY, true)
  if (admission.verdict === 'refused') throw new Error(`a module of this property is refused: ${admission.refusal.message}`)
  const { snapshots } = admission
  return snapshots && !('problem' in snapshots) ? prepared(admission, snapshots) : null
}
function prepared({ imports, memoryExport, startExport, functions, bytes }: Admitted, plan: SnapshotPlan): Prepared {
  const names = [...functions.keys()]
  const spec = { imports, memoryExport, startExport, functions: names, grants: GRANTS, snapshots: plan }
  const isQuestion = (name: string) => name.startsWith('?')
  return { spec, bytes, plan, steps: names.filter((name) => !isQuestion(name)), questions: names.filter(isQuestion) }
}

/** A guest with its broker, which knows keys only and counts those that are open. */
class Lodger {
  readonly #guest: Guest
  readonly #of: Prepared
  readonly #open: Set<number>

  constructor(of: Prepared, image?: Uint8Array, instead?: Lodger) {
    this.#of = of
    this.#open = instead ? instead.#open : new Set()
    const open = this.#open
    let keys = 0
    this.#guest =
      instead && image
        ? instead.#guest.successor(image)
        : new Guest(image ? { ...of.spec, image } : of.spec, {
            output: () => {},
            event: () => {},
            report: () => {},
            channel: {
              call: ({ operation, fields }) => {
                if (operation === 'crypto.key') open.add(++keys)
                else open.delete(Number(fields['key']))
                return { errno: 0, fields: { key: keys }, body: new Uint8Array(0) }
              },
            },
            stopRequested: () => false,
            sleep: () => {},
          })
    const ending = this.#guest.load(of.bytes)
    if (ending.kind !== 'returned') throw new Error(`a guest of this property did not start: ${JSON.stringify(ending)}`)
  }

  get openKeys(): number {
    return this.#open.size
  }

  /** A module that traps ends its guest, so that no more is asked of it. */
  ask(name: string, ...values: number[]): string {
    const ending = this.#guest.call(name, values)
    return ending.kind === 'returned' ? String(ending.values[0]) : ending.kind
  }

  run(steps: readonly Step[]): void {
    const names = this.#of.steps
    for (const [which, a, b] of steps) this.ask(names[which % names.length]!, a, b)
  }

  answers(): string[] {
    return this.#of.questions.flatMap((name) => [0, 1, 2, 3, 4, 16].map((value) => `${name} ${value}: ${this.ask(name, value)}`))
  }

  capture(): Uint8Array | null {
    const { captured } = this.#guest.capture()
    return captured && 'image' in captured ? captured.image : null
  }
}

type Step = readonly [which: number, a: number, b: number]
const value = fc.constantFrom(0, 1, 2, 3, 4, 5, 16, 255, 0x7fa0_0001)
const steps = (maxLength: number): fc.Arbitrary<Step[]> => fc.array(fc.tuple(fc.nat(99), value, value), { maxLength })

async function trials() {
  const all: [string, Prepared | null][] = []
  for (const [name, text, assembler] of texts()) all.push([name, prepare(await assemble(text, assembler))])
  const able = new Map(all.flatMap(([name, one]) => (one ? [[name, one] as const] : [])))
  const trial = fc.record({
    // Most about what can be captured today.
    module: fc.oneof({ weight: 3, arbitrary: fc.constant('nothing') }, fc.constantFrom(...able.keys())),
    before: steps(4),
    elsewhere: steps(4),
    after: steps(2),
  })
  return { able, trial }
}

interface Trial {
  readonly module: string
  readonly before: readonly Step[]
  readonly elsewhere: readonly Step[]
  readonly after: readonly Step[]
}

function holds(of: Prepared, { before, elsewhere, after }: Trial): string | null {
  const first = new Lodger(of)
  first.run(before)
  const image = first.capture()
  if (image === null) return null
  const fresh = new Lodger(of, image)
  const used = new Lodger(of)
  used.run(elsewhere)
  const put = new Lodger(of, image, used)
  if (put.openKeys > 0) return `${put.openKeys} keys of the guest that was there before are open still`
  const raised = raisedRights(of, image)
  if (raised !== null) return raised
  const [expected, ...others] = [first, fresh, put].map((guest) => {
    guest.run(after)
    return guest.answers()
  })
  for (const [index, answers] of others.entries()) {
    const at = answers.findIndex((answer, question) => answer !== expected![question])
    if (at >= 0) return `${index === 0 ? 'a new guest' : 'the used guest'} says ${answers[at]}, the captured one ${expected![at]}`
  }
  return null
}

/** A forger gives every handle every right. */
function raisedRights(of: Prepared, image: Uint8Array): string | null {
  const all = 2n ** 64n - 1n
  const decoded = decodeImage(image, of.plan, HOST)
  const forged = encodeImage({ ...decoded, handles: decoded.handles.map(({ flags }) => ({ flags, base: all, inheriting: all })) })
  if (!of.questions.includes('?base')) return null
  const [begun, raised] = [new Lodger(of), new Lodger(of, forged)]
  for (let fd = 0; fd < HOST.handles; fd++) {
    for (const name of ['?base', '?inheriting']) {
      const more = BigInt.asUintN(64, BigInt(raised.ask(name, fd))) & ~BigInt.asUintN(64, BigInt(begun.ask(name, fd)))
      if (more !== 0n) return `the state of handle ${fd} gave it rights that it never had (${name})`
    }
  }
  return null
}

const property: Property = {
  name: 'snapshot-guests',
  threats: ['ENG-03', 'FSX-23', 'RES-06'],
  run: async (seed, milliseconds) => {
    const { able, trial } = await trials()
    return checkProperty(
      trial,
      (one) => holds(able.get(one.module)!, one),
      (one) => JSON.stringify(one),
      seed,
      milliseconds,
    )
  },
}
export default property
