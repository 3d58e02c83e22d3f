;;! title: A first buffer that is good and a second that is not
;;! threats: [MEM-21, MEM-09]
;;! provenance: WAMR#4665 (pointers validated one by one while the effect goes on)
;;! notices: guest-memory (buffers checked one after the other, each when its turn comes)
;;! expect: {outcomes: [exited], exitCode: 0, stdout: ""}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\08\00\00\00\f8\ff\00\00\10\00\00\00")
  (data (i32.const 32) "EFFECT!\n")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $fd_write (i32.const 1) (i32.const 0) (i32.const 2) (i32.const 64)) (i32.const 21) (i32.const 1))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "effect!\n"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\04\00\00\00\24\00\00\00\04\00\00\00")
  (data (i32.const 32) "effect!\n")
  (func (export "_start")
    (call $proc_exit (call $fd_write (i32.const 1) (i32.const 0) (i32.const 2) (i32.const 64)))))
