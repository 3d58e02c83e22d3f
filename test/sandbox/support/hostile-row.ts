// A row of hostile modules, made from a seed with the writer: traps, exits, refusals, floods, and a few loops.
import type { Outcome, PolicyInput } from '../../../src/sandbox/index.ts'
import { writer as w } from '../../../src/wasm/index.ts'

export interface Hostile {
  readonly what: string
  readonly bytes: Uint8Array
  readonly policy: PolicyInput
  readonly expected: readonly Outcome[]
}

const { instruction: op } = w
const PROC_EXIT = w.bytes(w.name('wasi_snapshot_preview1'), w.name('proc_exit'), 0, 1)
const FD_WRITE = w.bytes(w.name('wasi_snapshot_preview1'), w.name('fd_write'), 0, 2)
const TYPES = w.typeSection([0x60, 0, 0], [0x60, 1, 0x7f, 0], [0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f])
const LIMITS: PolicyInput = { quotas: { wallClockMs: '30s', outputBytes: 1000, memoryBytes: '1MiB' } }

/** A command: imports, a page of memory, a table, and `_start` with this body. */
const command = (code: Uint8Array, imports: readonly Uint8Array[] = []) =>
  w.moduleOf(
    TYPES,
    w.importSection(...imports),
    w.functionSection(0),
    w.tableSection([0x70, 1, 1, 1]),
    w.memorySection([0, 1]),
    w.exportSection(w.bytes(w.name('_start'), 0, w.u32(imports.length))),
    w.codeSection(w.body(w.bytes(code, w.END))),
  )
const drop = (code: Uint8Array) => w.bytes(code, op.drop)
const i32Load = w.bytes(0x28, w.memarg(2))

type Maker = (n: number) => Omit<Hostile, 'what'>
const KINDS: Readonly<Record<string, Maker>> = {
  unreachable: () => ({ bytes: command(op.unreachable), policy: LIMITS, expected: ['trapped'] }),
  'wild load': (n) => ({
    bytes: command(drop(w.bytes(op.i32Const(-1 - (n % 1000)), i32Load))),
    policy: LIMITS,
    expected: ['trapped'],
  }),
  'null call': () => ({ bytes: command(w.bytes(op.i32Const(0), op.callIndirect(0))), policy: LIMITS, expected: ['trapped'] }),
  'wild call': (n) => ({
    bytes: command(w.bytes(op.i32Const(1 + n), op.callIndirect(0))),
    policy: LIMITS,
    expected: ['trapped'],
  }),
  'endless recursion': () => ({ bytes: command(op.call(0)), policy: LIMITS, expected: ['trapped'] }),
  exit: (n) => ({ bytes: command(w.bytes(op.i32Const(n), op.call(0)), [PROC_EXIT]), policy: LIMITS, expected: ['exited'] }),
  flood: () => ({
    bytes: command(
      w.bytes(
        // One vector of 100 bytes at address 0.
        w.bytes(op.i32Const(4), op.i32Const(100), 0x36, w.memarg(2)),
        op.loop(w.bytes(op.i32Const(1), op.i32Const(0), op.i32Const(1), op.i32Const(16), op.call(0), op.drop, op.br(0))),
      ),
      [FD_WRITE],
    ),
    policy: LIMITS,
    expected: ['output-limit'],
  }),
  'lying vectors': (n) => ({
    bytes: command(drop(w.bytes(op.i32Const(1), op.i32Const(-8), op.i32Const(n), op.i32Const(-4), op.call(0))), [FD_WRITE]),
    policy: LIMITS,
    expected: ['completed'],
  }),
  'greedy growth': () => ({
    bytes: command(drop(w.bytes(op.i32Const(65_535), op.memoryGrow()))),
    policy: LIMITS,
    expected: ['completed'],
  }),
  'cut off': (n) => ({ bytes: command(op.nop).slice(0, 9 + (n % 40)), policy: LIMITS, expected: ['refused'] }),
  'too much memory': () => ({ bytes: w.moduleOf(w.memorySection([0, 200, 1])), policy: LIMITS, expected: ['refused'] }),
  'unknown import': () => ({
    bytes: command(op.nop, [w.bytes(w.name('__proto__'), w.name('constructor'), 0, 0)]),
    policy: LIMITS,
    expected: ['refused'],
  }),
  'wrong types': () => ({ bytes: command(op.i64Const(1)), policy: LIMITS, expected: ['refused'] }),
  'endless loop': (n) => ({
    bytes: command(op.loop(op.br(0))),
    policy: { quotas: { wallClockMs: 20 + (n % 30) } },
    expected: ['wall-clock-limit'],
  }),
  'endless loop of fills': () => ({
    bytes: command(op.loop(w.bytes(op.i32Const(0), op.i32Const(1), op.i32Const(65_536), w.prefixed(0xfc, 11), 0, op.br(0)))),
    policy: { quotas: { wallClockMs: 20 } },
    expected: ['wall-clock-limit'],
  }),
}

/** @param seed where in the mix to begin; the same seed gives the same row */
export function hostileRow(count: number, seed: number): Hostile[] {
  const kinds = Object.entries(KINDS)
  return Array.from({ length: count }, (_, i) => {
    const n = Math.imul(i + seed, 2_654_435_761) >>> 8
    const [what, make] = kinds[n % kinds.length]!
    return { what: `${i}: ${what}`, ...make(n % 100_000) }
  })
}
