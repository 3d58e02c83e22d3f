// A guest that leaves something of itself wherever it can, and says whether it found anything there.

/** `run` gives 0 if memory, global and table were as they are at the start. */
export const STATEFUL = `(module (memory 1) (global $g (mut i32) (i32.const 0)) (table $t 2 funcref) (elem declare func $f)
  (func $f)
  (func (export "run") (result i32)
    (i32.or (i32.or (i32.load (i32.const 8)) (global.get $g)) (i32.eqz (ref.is_null (table.get $t (i32.const 1)))))
    (i32.store (i32.const 8) (i32.const 1)) (global.set $g (i32.const 2)) (table.set $t (i32.const 1) (ref.func $f))))`
