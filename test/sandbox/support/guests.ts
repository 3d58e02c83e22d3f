// Guests for the tests of isolation: modules, and what admission would have found out about them.
import { admit } from '../../../src/sandbox/admission/admit.ts'
import type { Grants } from '../../../src/sandbox/host/context.ts'
import type { GuestSpec } from '../../../src/sandbox/isolation/guest.ts'
import { resolvePolicy } from '../../../src/sandbox/policy/resolve.ts'
import type { PolicyInput } from '../../../src/sandbox/policy/schema.ts'
import { writer as w } from '../../../src/wasm/index.ts'
import { GRANTS } from './calls.ts'
import { wat } from './wat.ts'

const W = 'wasi_snapshot_preview1'
export const IMPORTS = {
  write: `(import "${W}" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))`,
  exit: `(import "${W}" "proc_exit" (func $exit (param i32)))`,
  yield: `(import "${W}" "sched_yield" (func $yield (result i32)))`,
  random: `(import "${W}" "random_get" (func $random (param i32 i32) (result i32)))`,
}

/** A module that writes `text` to standard output, and does `then`. */
export const printing = (
  text: string,
  then = '',
  more = '',
) => `(module ${IMPORTS.write} ${IMPORTS.exit} ${IMPORTS.yield} (memory 1)
  (data (i32.const 16) ${JSON.stringify(text)}) ${more}
  (func $print (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const ${Buffer.byteLength(text)}))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func (export "_start") (call $print) ${then}))`

/** `f` makes a garbage-collected list longer and longer. wabt does not know the instructions. */
export const ENDLESS_LIST = w.moduleOf(
  // (struct (field (ref null 0)) (field i64)), (func)
  w.typeSection([0x5f, 2, 0x63, 0, 0, 0x7e, 0], [0x60, 0, 0]),
  w.functionSection(1),
  w.exportSection(w.bytes(w.name('f'), 0, 0)),
  w.codeSection(
    w.body(
      w.bytes(
        w.instruction.loop(
          w.bytes(
            w.instruction.localGet(0),
            w.instruction.i64Const(1),
            w.prefixed(0xfb, 0),
            0,
            w.instruction.localSet(0),
            w.instruction.br(0),
          ),
        ),
        w.END,
      ),
      [[1, '(ref null 0)']],
    ),
  ),
)

export const SPIN = '(module (func (export "_start") (loop (br 0))))'
export const ADD = '(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))'

/** The module as the sandbox would load it. @throws the refusal */
export function prepared(
  module: string | Uint8Array,
  grants: Partial<Grants> = {},
  policy: PolicyInput = { extends: 'relaxed' },
): { spec: GuestSpec; bytes: Uint8Array<ArrayBuffer> } {
  const admission = admit(typeof module === 'string' ? wat(module) : module, resolvePolicy(policy))
  if (admission.verdict === 'refused') throw admission.refusal
  const { imports, memoryExport, startExport, functions, bytes } = admission
  return {
    bytes,
    spec: { imports, memoryExport, startExport, functions: [...functions.keys()], grants: { ...GRANTS, ...grants } },
  }
}
