// The benign neighbour: a guest with a secret of its own that runs beside an attack, and must end as if it were alone.
import { assemble } from '../attacks/assemble.ts'

/** Loop turns between the neighbour's two writes: some ten milliseconds, so that it is still at work when the attack begins. */
const TURNS = 20_000_000

/** Builds a module whose `_start` writes `secret` to standard output, works for a moment, and writes it again. `secret` is letters and digits. */
export async function neighbourModule(secret: string): Promise<Uint8Array> {
  return await assemble(`(module
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\\10\\00\\00\\00\\${secret.length.toString(16).padStart(2, '0')}\\00\\00\\00")
    (data (i32.const 16) "${secret}")
    (func $say (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
    (func (export "_start") (local $i i32)
      (call $say)
      (loop $again (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const ${TURNS}))))
      (call $say)))`)
}
