;;! title: 257 buffers of 16 MiB each, every one of them in bounds, whose sum passes 2^32
;;! threats: [MEM-11, RES-05]
;;! provenance: WASI preview 1, size is a u32; uvwasi commit 2e47796 (overflow in the check of arrays)
;;! notices: abi-table (sum of the lengths not compared with what the result can hold), or output-caps (sum allocated)
;;! expect: {outcomes: [exited, limit], details: [exited], residentMiB: 700}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 256 256)
  (func (export "_start") (local $n i32)
    (loop $fill
      (i32.store offset=4 (i32.mul (local.get $n) (i32.const 8)) (i32.const 16777216))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $fill (i32.lt_u (local.get $n) (i32.const 257))))
    ;; Success would be a lie: the number of bytes does not fit into the result.
    (if (i32.eqz (call $fd_write (i32.const 1) (i32.const 0) (i32.const 257) (i32.const 8192))) (then (unreachable)))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (local $n i32)
    (loop $fill
      (i32.store offset=4 (i32.mul (local.get $n) (i32.const 8)) (i32.const 100))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $fill (i32.lt_u (local.get $n) (i32.const 257))))
    (if (call $fd_write (i32.const 1) (i32.const 0) (i32.const 257) (i32.const 8192)) (then (call $proc_exit (i32.const 1))))
    (if (i32.ne (i32.load (i32.const 8192)) (i32.const 25700)) (then (call $proc_exit (i32.const 2))))
    (call $proc_exit (i32.const 0))))
