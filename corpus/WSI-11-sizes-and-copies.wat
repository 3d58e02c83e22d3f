;;! title: Arguments and environment whose length in characters is not their length in bytes
;;! threats: [WSI-11]
;;! provenance: CVE-2021-38297; browser_wasi_shim commit 1d0b60c (size of a Unicode environment)
;;! notices: abi-table (sizes counted in UTF-16 units, contents written in UTF-8)
;;! run: {args: [guest, "\u00e9t\u00e9", "\u2603 snow", "\U0001f600\U0001f600", ""], env: {NAME: "Zo\u00eb \U0001f9ea", EMPTY: ""}}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  ;; Sizes lie at 0 and 4, pointers from 1024, text from 4096, between bytes of 0xaa.
  (func $inspect (param $code i32) (local $size i32) (local $count i32)
    (local.set $count (i32.load (i32.const 0)))
    (local.set $size (i32.load (i32.const 4)))
    (call $expect (i32.load8_u (i32.add (i32.const 4096) (local.get $size))) (i32.const 0xaa) (local.get $code))
    (call $expect (i32.load8_u (i32.add (i32.const 4095) (local.get $size))) (i32.const 0) (local.get $code))
    (call $expect (i32.load (i32.const 1024)) (i32.const 4096) (local.get $code))
    (call $expect (i32.load (i32.add (i32.const 1024) (i32.mul (local.get $count) (i32.const 4)))) (i32.const 0xaaaaaaaa) (local.get $code)))
  (func (export "_start")
    (memory.fill (i32.const 1024) (i32.const 0xaa) (i32.const 16384))
    (call $expect (call $args_sizes_get (i32.const 0) (i32.const 4)) (i32.const 0) (i32.const 1))
    (call $expect (call $args_get (i32.const 1024) (i32.const 4096)) (i32.const 0) (i32.const 2))
    (call $inspect (i32.const 3))
    (memory.fill (i32.const 1024) (i32.const 0xaa) (i32.const 16384))
    (call $expect (call $environ_sizes_get (i32.const 0) (i32.const 4)) (i32.const 0) (i32.const 4))
    (call $expect (i32.load (i32.const 0)) (i32.const 2) (i32.const 5))
    (call $expect (call $environ_get (i32.const 1024) (i32.const 4096)) (i32.const 0) (i32.const 6))
    (call $inspect (i32.const 7))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! run: {args: [guest, plain], env: {NAME: zoe, OTHER: ""}}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $environ_sizes_get (i32.const 0) (i32.const 4)) (i32.const 0) (i32.const 1))
    (call $expect (i32.load (i32.const 0)) (i32.const 2) (i32.const 2))
    (call $expect (i32.load (i32.const 4)) (i32.const 16) (i32.const 3))
    (call $proc_exit (call $environ_get (i32.const 1024) (i32.const 4096)))))
