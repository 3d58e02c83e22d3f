;;! title: Random bytes of length nothing, and just over what the host's generator gives at once
;;! threats: [WSI-06]
;;! provenance: wasi-testsuite big_random_buf and random_get-zero-length; browser_wasi_shim#108; measured, more than 65,536 bytes throw QuotaExceededError
;;! notices: random-source (one call of the generator for the whole length)
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 4)
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $random_get (i32.const 0) (i32.const 0)) (i32.const 0) (i32.const 1))
    (call $expect (call $random_get (i32.const 0) (i32.const 65536)) (i32.const 0) (i32.const 2))
    (call $expect (call $random_get (i32.const 65536) (i32.const 65552)) (i32.const 0) (i32.const 3))
    ;; The last 16 bytes too: 16 zeros come up by chance once in 2^128.
    (call $expect (i64.eqz (i64.or (i64.load (i32.const 131072)) (i64.load (i32.const 131080)))) (i32.const 0) (i32.const 4))
    ;; And not one byte more.
    (call $expect (i64.eqz (i64.load (i32.const 131088))) (i32.const 1) (i32.const 5))
    (call $expect (call $random_get (i32.const 262143) (i32.const 2)) (i32.const 21) (i32.const 6))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (call $proc_exit (call $random_get (i32.const 0) (i32.const 64)))))
