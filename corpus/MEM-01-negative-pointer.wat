;;! title: Pointers that are negative as JavaScript sees them
;;! threats: [MEM-01]
;;! provenance: measured, 0xfffffff0 arrives as -16, passes pointer + length <= size, and subarray(-16, -8) reads the end of the memory
;;! notices: guest-memory (pointers used as signed numbers)
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "", forbidden: [OUTSIDE]}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\f0\ff\ff\ff\08\00\00\00")
  (data (i32.const 65520) "OUTSIDE!OUTSIDE!")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  ;; 1: buffer; 2: table of buffers; 3 and 4: places for results; 5: the end of the memory was written.
  (func (export "_start")
    (call $expect (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 32)) (i32.const 21) (i32.const 1))
    (call $expect (call $fd_write (i32.const 1) (i32.const -16) (i32.const 1) (i32.const 32)) (i32.const 21) (i32.const 2))
    (call $expect (call $random_get (i32.const -16) (i32.const 8)) (i32.const 21) (i32.const 3))
    (call $expect (call $clock_time_get (i32.const 0) (i64.const 0) (i32.const -16)) (i32.const 21) (i32.const 4))
    (call $expect (i64.eq (i64.load (i32.const 65520)) (i64.load (i32.const 65528))) (i32.const 1) (i32.const 5))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "INSIDE!!"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\f0\ff\00\00\08\00\00\00")
  (data (i32.const 65520) "INSIDE!!")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 32)) (i32.const 0) (i32.const 1))
    (call $expect (call $random_get (i32.const 65520) (i32.const 8)) (i32.const 0) (i32.const 2))
    (call $expect (call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 65528)) (i32.const 0) (i32.const 3))
    (call $proc_exit (i32.const 0))))
