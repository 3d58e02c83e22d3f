;;! title: Random bytes asked for after the memory has grown
;;! threats: [MEM-05, MEM-04]
;;! provenance: measured, crypto.getRandomValues on a detached view succeeds and fills nothing
;;! notices: random-source (a view from before the growth is filled)
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1 4)
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $all_zero (param $at i32) (result i32)
    (i64.eqz (i64.or (i64.load (local.get $at)) (i64.load offset=8 (local.get $at)))))
  ;; Success must mean random bytes: 16 zero bytes come up by chance once in 2^128.
  (func $try_at (param $at i32) (param $code i32)
    (memory.fill (local.get $at) (i32.const 0) (i32.const 16))
    (call $expect (call $random_get (local.get $at) (i32.const 16)) (i32.const 0) (local.get $code))
    (call $expect (call $all_zero (local.get $at)) (i32.const 0) (i32.add (local.get $code) (i32.const 1))))
  (func (export "_start")
    (call $try_at (i32.const 256) (i32.const 1))
    (drop (memory.grow (i32.const 1)))
    (call $try_at (i32.const 256) (i32.const 3))
    (call $try_at (i32.const 65792) (i32.const 5))
    (drop (memory.grow (i32.const 0)))
    (call $try_at (i32.const 65792) (i32.const 7))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (if (call $random_get (i32.const 256) (i32.const 16)) (then (call $proc_exit (i32.const 1))))
    (call $proc_exit (i64.eqz (i64.or (i64.load (i32.const 256)) (i64.load (i32.const 264)))))))
