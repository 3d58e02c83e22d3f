;;! title: A read whose first buffer is the description of the second
;;! threats: [MEM-09]
;;! provenance: wasmtime crates/wiggle, region overlap tests; CWE-367
;;! notices: guest-memory or abi-table (buffer table read again while it is being worked on)
;;! run: {stdin: "\x00\x08\x00\x00\x08\x00\x00\x00OVERRIDE"}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; First buffer: 8 bytes at 8, which is the second entry. Second buffer: 8 bytes at 1024. Input names 8 bytes at 2048 instead.
  (data (i32.const 0) "\08\00\00\00\08\00\00\00\00\04\00\00\08\00\00\00")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 2) (i32.const 32)))
    (call $expect (i64.eqz (i64.load (i32.const 2048))) (i32.const 1) (i32.const 1))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\00\02\00\00\08\00\00\00\00\04\00\00\08\00\00\00")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $fd_read (i32.const 0) (i32.const 0) (i32.const 2) (i32.const 32)) (i32.const 0) (i32.const 1))
    (call $expect (i32.load (i32.const 32)) (i32.const 16) (i32.const 2))
    (call $expect (i32.load (i32.const 512)) (i32.const 2048) (i32.const 3))
    (call $expect (i64.eqz (i64.load (i32.const 1024))) (i32.const 0) (i32.const 4))
    (call $proc_exit (i32.const 0))))
