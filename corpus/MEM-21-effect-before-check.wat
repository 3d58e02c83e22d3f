;;! title: Good input, but no place for the result
;;! threats: [MEM-21]
;;! provenance: "WAMR#4611 and #4665; GHSA-3p27-qvp9-27qf"
;;! notices: abi-table (place of the result checked only when it is written)
;;! run: {stdin: "input"}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: ""}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\08\00\00\00\40\00\00\00\10\00\00\00")
  (data (i32.const 32) "EFFECT!\n")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 65533)) (i32.const 21) (i32.const 1))
    (call $expect (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const -4)) (i32.const 21) (i32.const 2))
    ;; What a failed read took must still be there for the next one.
    (call $expect (call $fd_read (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 65536)) (i32.const 21) (i32.const 3))
    (call $expect (call $fd_read (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 128)) (i32.const 0) (i32.const 4))
    (call $expect (i32.load (i32.const 128)) (i32.const 5) (i32.const 5))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "effect!\n"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\08\00\00\00")
  (data (i32.const 32) "effect!\n")
  (func (export "_start")
    (call $proc_exit (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 65532)))))
