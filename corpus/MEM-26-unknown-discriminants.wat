;;! title: Clock ids, whence values and flags that no interface defines
;;! threats: [MEM-26, WSI-10]
;;! provenance: GHSA-m758-wjhj-p3jq; WASI preview 1 typenames (clockid, whence, fdflags)
;;! notices: abi-table (enumerations and flags passed on unchecked)
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_res_get" (func $clock_res_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek" (func $fd_seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_set_flags" (func $fd_fdstat_set_flags (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; Exits with $code unless the call was refused with an error number of the table.
  (func $refused (param $got i32) (param $code i32)
    (if (i32.or (i32.eqz (local.get $got)) (i32.gt_u (local.get $got) (i32.const 76))) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $refused (call $clock_time_get (i32.const 4) (i64.const 0) (i32.const 64)) (i32.const 1))
    (call $refused (call $clock_time_get (i32.const -1) (i64.const 0) (i32.const 64)) (i32.const 2))
    (call $refused (call $clock_time_get (i32.const 0x10000) (i64.const 0) (i32.const 64)) (i32.const 3))
    (call $refused (call $clock_res_get (i32.const 255) (i32.const 64)) (i32.const 4))
    (call $refused (call $fd_seek (i32.const 1) (i64.const 0) (i32.const 3) (i32.const 64)) (i32.const 5))
    (call $refused (call $fd_seek (i32.const 1) (i64.const 0) (i32.const -1) (i32.const 64)) (i32.const 6))
    (call $refused (call $fd_fdstat_set_flags (i32.const 1) (i32.const 0xffe0)) (i32.const 7))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_res_get" (func $clock_res_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 64)) (i32.const 0) (i32.const 1))
    (call $expect (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 64)) (i32.const 0) (i32.const 2))
    (call $expect (call $clock_res_get (i32.const 1) (i32.const 64)) (i32.const 0) (i32.const 3))
    (call $proc_exit (i32.const 0))))
