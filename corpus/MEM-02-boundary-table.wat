;;! title: Pointer and length at, one before and one behind the end, and where their sum wraps
;;! threats: [MEM-02]
;;! provenance: core specification 4.4.11 (bounds); CVE-2025-69261 (32-bit offset overflow)
;;! notices: guest-memory (pointer + length computed in 32 bits, or compared with < instead of <=)
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $random_get (i32.const 65535) (i32.const 1)) (i32.const 0) (i32.const 1))
    (call $expect (call $random_get (i32.const 65536) (i32.const 0)) (i32.const 0) (i32.const 2))
    (call $expect (call $random_get (i32.const 0) (i32.const 65536)) (i32.const 0) (i32.const 3))
    (call $expect (call $random_get (i32.const 65536) (i32.const 1)) (i32.const 21) (i32.const 4))
    (call $expect (call $random_get (i32.const 65535) (i32.const 2)) (i32.const 21) (i32.const 5))
    (call $expect (call $random_get (i32.const 0) (i32.const 65537)) (i32.const 21) (i32.const 6))
    (call $expect (call $random_get (i32.const -16) (i32.const 32)) (i32.const 21) (i32.const 7))
    (call $expect (call $random_get (i32.const 16) (i32.const -16)) (i32.const 21) (i32.const 8))
    (call $expect (call $random_get (i32.const -1) (i32.const -1)) (i32.const 21) (i32.const 9))
    (call $expect (call $random_get (i32.const 0x80000000) (i32.const 0x80000000)) (i32.const 21) (i32.const 10))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $random_get (i32.const 65535) (i32.const 1)) (i32.const 0) (i32.const 1))
    (call $expect (call $random_get (i32.const 0) (i32.const 65536)) (i32.const 0) (i32.const 2))
    (call $proc_exit (i32.const 0))))
