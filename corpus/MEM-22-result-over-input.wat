;;! title: The place of the result is the data, or the description of the data
;;! threats: [MEM-22]
;;! provenance: wasmtime crates/wiggle, region overlap tests
;;! notices: guest-memory (input read after a result was written)
;;! run: {stdin: "12345678"}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "hello\nagain\n"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\06\00\00\00\30\00\00\00\06\00\00\00\00\01\00\00\08\00\00\00")
  (data (i32.const 32) "hello\n")
  (data (i32.const 48) "again\n")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 32)) (i32.const 0) (i32.const 1))
    (call $expect (i32.load (i32.const 32)) (i32.const 6) (i32.const 2))
    (call $expect (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 12)) (i32.const 0) (i32.const 3))
    (call $expect (call $fd_read (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 16)) (i32.const 0) (i32.const 4))
    (call $expect (i32.load (i32.const 256)) (i32.const 0x34333231) (i32.const 5))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "hello\n"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\06\00\00\00")
  (data (i32.const 32) "hello\n")
  (func (export "_start")
    (call $proc_exit (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))))
