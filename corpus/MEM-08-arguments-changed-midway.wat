;;! title: Guest code that changes the buffers, their list and the memory's size if a host call ever runs it
;;! threats: [MEM-08]
;;! provenance: boundary model of RLBox and WaVe; CWA-2023-002
;;! notices: guest-memory (guest code runs between two readings of the same arguments)
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "before\nbefore\n", forbidden: [SWAPPED]}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\07\00\00\00\20\00\00\00\07\00\00\00")
  (data (i32.const 32) "before\n")
  (data (i32.const 64) "SWAPPED")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $change
    (memory.copy (i32.const 32) (i32.const 64) (i32.const 7))
    (i32.store (i32.const 8) (i32.const 64))
    (drop (memory.grow (i32.const 1))))
  (func (export "malloc") (export "allocate") (param i32) (result i32) (call $change) (i32.const 1024))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (call $change) (i32.const 1024))
  (func (export "valueOf") (export "toString") (export "free") (call $change))
  (func (export "_start")
    (call $expect (call $fd_write (i32.const 1) (i32.const 0) (i32.const 2) (i32.const 128)) (i32.const 0) (i32.const 1))
    (call $expect (i32.load (i32.const 128)) (i32.const 14) (i32.const 2))
    (call $expect (memory.size) (i32.const 1) (i32.const 3))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "before\nafter\n"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\07\00\00\00\28\00\00\00\06\00\00\00")
  (data (i32.const 32) "before\n\00after\n")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 128)) (i32.const 0) (i32.const 1))
    (call $proc_exit (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 128)))))
