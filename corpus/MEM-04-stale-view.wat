;;! title: Memory grown between two host calls, so that every view the host kept is detached
;;! threats: [MEM-04]
;;! provenance: "emscripten#6747 and #17622, txiki.js#938; measured, index writes to a detached view vanish and TextDecoder gives \"\""
;;! notices: guest-memory (view kept from one call to the next)
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "before\nafter\n"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1 4)
  (data (i32.const 0) "\20\00\00\00\07\00\00\00\40\00\01\00\06\00\00\00")
  (data (i32.const 32) "before\n")
  (data (i32.const 48) "after\n")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)) (i32.const 0) (i32.const 1))
    (call $expect (memory.grow (i32.const 1)) (i32.const 1) (i32.const 2))
    ;; Text, table of buffers and place of the result all lie in the new page or next to it.
    (memory.copy (i32.const 65600) (i32.const 48) (i32.const 6))
    (memory.copy (i32.const 65552) (i32.const 8) (i32.const 8))
    (call $expect (call $fd_write (i32.const 1) (i32.const 65552) (i32.const 1) (i32.const 65540)) (i32.const 0) (i32.const 3))
    (call $expect (i32.load (i32.const 65540)) (i32.const 6) (i32.const 4))
    ;; memory.grow by nothing detaches the buffer as well.
    (call $expect (memory.grow (i32.const 0)) (i32.const 2) (i32.const 5))
    (call $expect (call $fd_write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 65544)) (i32.const 0) (i32.const 6))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "before\n"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\07\00\00\00")
  (data (i32.const 32) "before\n")
  (func (export "_start")
    (call $proc_exit (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))))
