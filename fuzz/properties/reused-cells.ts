// Guests one after the other in one jail: none finds anything of another in what it is given, and a compiled module is handed on only
// between guests that may have each other's cells. With a real jail, because what is left in a thread can be seen in one only.
import fc from 'fast-check'
import { assemble } from '../../src/attacks/assemble.ts'
import type { Property } from '../../src/campaign/property.ts'
import { createSandbox, type PolicyInput } from '../../src/sandbox/index.ts'
import { checkPropertyAsync } from '../check.ts'

const W = 'wasi_snapshot_preview1'
/** Says what it finds, and leaves something wherever it can. Numbers tell the variants apart, whose bytes are else the same. */
const guest = (number: number) => `(module
  (import "${W}" "args_sizes_get" (func $args (param i32 i32) (result i32)))
  (import "${W}" "environ_sizes_get" (func $environ (param i32 i32) (result i32)))
  (import "${W}" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "${W}" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "${W}" "fd_close" (func $close (param i32) (result i32)))
  (import "${W}" "proc_exit" (func $exit (param i32)))
  (import "${W}" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (memory (export "memory") 1 4)
  (data (i32.const 16) "\\40\\00\\00\\00\\08\\00\\00\\00")
  (data (i32.const 32) "file")
  (global $g (mut i32) (i32.const ${number}))
  (table $t 2 4 funcref) (elem declare func $f)
  (func $f)
  (func (export "run") (param $then i32) (result i32 i32 i32 i32 i32 i32 i32 i32 i32)
    (local $found i32)
    (local.set $found (i32.load (i32.const 8)))
    (i32.store (i32.const 8) (i32.const 1))
    (local.get $found) (global.get $g) (global.set $g (i32.const -1))
    (i32.mul (table.size $t) (i32.add (i32.const 1) (ref.is_null (table.get $t (i32.const 1)))))
    (table.set $t (i32.const 1) (ref.func $f)) (drop (table.grow $t (ref.func $f) (i32.const 1)))
    (memory.size) (drop (memory.grow (i32.const 1)))
    (drop (call $args (i32.const 24) (i32.const 28))) (i32.load (i32.const 28))
    (drop (call $environ (i32.const 24) (i32.const 28))) (i32.load (i32.const 28))
    (drop (call $read (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 24))) (i32.load8_u (i32.const 64))
    (call $open (i32.const 3) (i32.const 0) (i32.const 32) (i32.const 4) (i32.const 5) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 28))
    (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 24))
    (drop (call $close (i32.const 0)))
    (if (i32.eq (local.get $then) (i32.const 1)) (then (call $exit (i32.const 7))))
    (if (i32.eq (local.get $then) (i32.const 2)) (then (unreachable)))))`

const REUSES = ['same-module', 'same-principal', 'never'] as const
const policyOf = (reuse: (typeof REUSES)[number], limit: number): PolicyInput => ({
  extends: 'default',
  isolation: { reuse },
  capabilities: {
    stdio: { stdin: true, stdout: true, stderr: false },
    args: true,
    env: true,
    fs: { mounts: [{ kind: 'memory', at: '/m', writable: true }] },
  },
  // Enough for one guest's output and not for that of two.
  quotas: { outputBytes: 12 + limit },
})

/** Most often the first: a new cell takes as long as many guests, so most are given the one that is there. */
const mostly = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(usual) }, fc.constantFrom(...others))
const run = fc.record({
  module: fc.nat(1),
  principal: mostly<string | null>('a', 'A', 'b', null),
  limit: mostly(0, 1),
  argument: fc.constantFrom('', 'argument'),
  input: fc.constantFrom('', 'input'),
  /** 0: it returns. 1: it exits. 2: it traps. */
  then: mostly(0, 1, 2),
})
const trial = fc.record({
  reuse: mostly<(typeof REUSES)[number]>('same-principal', 'same-module', 'never'),
  runs: fc.array(run, { minLength: 2, maxLength: 10 }),
})
type Trial = typeof trial extends fc.Arbitrary<infer T> ? T : never

class Reuse {
  readonly #modules: readonly Uint8Array[]
  // Kept from trial to trial: what guests of an earlier one left behind is as much a stranger's. One jail, so that everybody gets the same.
  readonly #sandbox = createSandbox(undefined, { pool: { maxJails: 1 } })
  /** What was compiled, and for whom. */
  readonly #known = new Set<string>()

  constructor(modules: readonly Uint8Array[]) {
    this.#modules = modules
  }

  /** Starts the jail, outside of the time for trials: that takes as long as hundreds of guests. */
  async warm(): Promise<void> {
    await this.#sandbox.describe()
  }

  async holds({ reuse, runs }: Trial): Promise<string | null> {
    const sandbox = this.#sandbox
    for (const { module, principal, limit, argument, input, then } of runs) {
      const before = sandbox.cache.modules.hits
      const result = await sandbox.execute(this.#modules[module]!, policyOf(reuse, limit), {
        entry: 'run',
        callArguments: [then],
        ...(argument !== '' && { args: [argument], env: { A: argument } }),
        stdin: new TextEncoder().encode(input),
        ...(principal !== null && { principal }),
      })
      const wanted = ['completed', 'exited', 'trapped'][then]
      if (result.outcome !== wanted) return `a guest that should be ${wanted} is ${result.outcome}: ${result.message}`
      const alike = [reuse, module, principal, limit].join()
      const hit = sandbox.cache.modules.hits > before
      const mayHit = reuse === 'never' ? false : principal === null ? reuse === 'same-module' : this.#known.has(alike)
      if (hit && !mayHit) return `a guest of ${principal} gets what was compiled for a stranger`
      if (then !== 2) this.#known.add(alike)
      const size = argument === '' ? 0 : argument.length + 1
      const expected = [0, module, 4, 1, size, size === 0 ? 0 : size + 2, input === '' ? 0 : 105, 0, 0]
      if (then === 0 && result.values.join() !== expected.join())
        return `a guest found ${result.values.join()}, not ${expected.join()}`
      if (result.stdout.length !== 8 || result.resourceUsage.hostCalls !== (then === 1 ? 7 : 6))
        return `${result.stdout.length} bytes of output and ${result.resourceUsage.hostCalls} host calls are counted`
    }
    return null
  }

  async close(): Promise<void> {
    await this.#sandbox[Symbol.asyncDispose]()
  }
}

const property: Property = {
  name: 'reused-cells',
  threats: ['ENG-03', 'CTL-15', 'SUP-11', 'SUP-06'],
  run: async (seed, milliseconds) => {
    const reuse = new Reuse(await Promise.all([0, 1].map((number) => assemble(guest(number)))))
    try {
      await reuse.warm()
      return await checkPropertyAsync(
        trial,
        (one) => reuse.holds(one),
        (one) => JSON.stringify(one),
        seed,
        milliseconds,
      )
    } finally {
      await reuse.close()
    }
  },
}
export default property
