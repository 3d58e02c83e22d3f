;;! title: Random bytes for a length that the host would have to allocate
;;! threats: [RES-05, WSI-06]
;;! provenance: GHSA-852m-cvvp-9p4w, GHSA-x84v-gj2h-g759; getRandomValues of more than 65,536 bytes throws in Node and in browsers
;;! notices: random-source (a buffer of the guest's length allocated before the range is checked)
;;! expect: {outcomes: [exited], exitCode: 0, residentMiB: 400}
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 256 256)
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $random_get (i32.const 0) (i32.const -1)) (i32.const 21) (i32.const 1))
    (call $expect (call $random_get (i32.const 0) (i32.const 0x7fffffff)) (i32.const 21) (i32.const 2))
    (call $expect (call $random_get (i32.const 0) (i32.const 0x80000000)) (i32.const 21) (i32.const 3))
    (call $expect (call $random_get (i32.const 0) (i32.const 16777216)) (i32.const 0) (i32.const 4))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (call $proc_exit (call $random_get (i32.const 0) (i32.const 32)))))
