;;! title: Answers shorter than their buffers, with a look at the bytes behind
;;! threats: [MEM-20]
;;! provenance: CVE-2025-55131 (memory that was not zeroed), CVE-2020-35859
;;! notices: guest-memory (whole pooled buffers copied, or structures written too long)
;;! run: {stdin: "five!"}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $fd_fdstat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_get" (func $fd_filestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\00\01\00\00\40\00\00\00")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  ;; Exits with $code unless all bytes from $at to $to still have the pattern.
  (func $untouched (param $at i32) (param $to i32) (param $code i32)
    (loop $next
      (call $expect (i32.load8_u (local.get $at)) (i32.const 0xaa) (local.get $code))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $to)))))
  (func (export "_start")
    (memory.fill (i32.const 128) (i32.const 0xaa) (i32.const 1024))
    (call $expect (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)) (i32.const 0) (i32.const 1))
    (call $expect (i32.load (i32.const 16)) (i32.const 5) (i32.const 2))
    (call $untouched (i32.const 261) (i32.const 512) (i32.const 3))
    (call $expect (call $fd_fdstat_get (i32.const 1) (i32.const 512)) (i32.const 0) (i32.const 4))
    (call $untouched (i32.const 536) (i32.const 768) (i32.const 5))
    (call $expect (call $fd_filestat_get (i32.const 1) (i32.const 768)) (i32.const 0) (i32.const 6))
    (call $untouched (i32.const 832) (i32.const 1024) (i32.const 7))
    (call $expect (call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 1024)) (i32.const 0) (i32.const 8))
    (call $untouched (i32.const 1032) (i32.const 1152) (i32.const 9))
    (call $untouched (i32.const 128) (i32.const 256) (i32.const 10))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\00\01\00\00\05\00\00\00")
  (func (export "_start")
    (if (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)) (then (call $proc_exit (i32.const 1))))
    (call $proc_exit (i32.ne (i32.load8_u (i32.const 260)) (i32.const 33)))))
