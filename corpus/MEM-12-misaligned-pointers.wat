;;! title: Every pointer odd
;;! threats: [MEM-12]
;;! provenance: GHSA-jxhv-7h78-9775; ECMAScript, typed arrays throw a RangeError for an offset that is not aligned
;;! notices: guest-memory (typed arrays of 4 or 8 bytes laid over guest memory)
;;! run: {args: [one, two]}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $fd_fdstat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 1) "\21\00\00\00\03\00\00\00")
  (data (i32.const 33) "abc")
  ;; Allowed, or refused as bad address or bad argument; but always the same, and as an error number.
  (func $plausible (param $errno i32) (param $code i32)
    (if (i32.eqz (local.get $errno)) (then (return)))
    (if (i32.eq (local.get $errno) (i32.const 21)) (then (return)))
    (if (i32.eq (local.get $errno) (i32.const 28)) (then (return)))
    (call $proc_exit (local.get $code)))
  (func (export "_start")
    (call $plausible (call $fd_write (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 19)) (i32.const 1))
    (call $plausible (call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 67)) (i32.const 2))
    (call $plausible (call $args_sizes_get (i32.const 101) (i32.const 107)) (i32.const 3))
    (call $plausible (call $args_get (i32.const 201) (i32.const 301)) (i32.const 4))
    (call $plausible (call $fd_fdstat_get (i32.const 1) (i32.const 403)) (i32.const 5))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $fd_fdstat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\03\00\00\00")
  (data (i32.const 32) "abc")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)) (i32.const 0) (i32.const 1))
    (call $expect (call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 64)) (i32.const 0) (i32.const 2))
    (call $expect (call $args_sizes_get (i32.const 100) (i32.const 104)) (i32.const 0) (i32.const 3))
    (call $expect (call $args_get (i32.const 200) (i32.const 300)) (i32.const 0) (i32.const 4))
    (call $expect (call $fd_fdstat_get (i32.const 1) (i32.const 400)) (i32.const 0) (i32.const 5))
    (call $proc_exit (i32.const 0))))
