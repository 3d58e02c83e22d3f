;;! title: The CPU-time clocks of the host, and a resolution of nothing
;;! threats: [WSI-10]
;;! provenance: WASI preview 1, clockid; Schwarz et al., Fantastic Timers, 2017
;;! notices: clock-granularity (CPU-time clocks answered)
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_res_get" (func $clock_res_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $refused (param $got i32) (param $code i32)
    (if (i32.eqz (local.get $got)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $refused (call $clock_time_get (i32.const 2) (i64.const 0) (i32.const 64)) (i32.const 1))
    (call $refused (call $clock_time_get (i32.const 3) (i64.const 0) (i32.const 64)) (i32.const 2))
    (call $refused (call $clock_res_get (i32.const 2) (i32.const 64)) (i32.const 3))
    (call $refused (call $clock_res_get (i32.const 3) (i32.const 64)) (i32.const 4))
    (call $expect (call $clock_res_get (i32.const 1) (i32.const 64)) (i32.const 0) (i32.const 5))
    (call $expect (i64.eqz (i64.load (i32.const 64))) (i32.const 0) (i32.const 6))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (if (call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 64)) (then (call $proc_exit (i32.const 1))))
    (call $proc_exit (i64.eqz (i64.load (i32.const 64))))))
