;;! title: A clock finer than the policy grants, as a stopwatch for side channels
;;! threats: [WSI-10]
;;! provenance: Schwarz et al., Fantastic Timers, 2017
;;! notices: clock-granularity (the host's nanoseconds handed on)
;;! run: {policy: {capabilities: {clock: {granularityNs: 1000000}}}}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_res_get" (func $clock_res_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  ;; Every reading must be a whole number of milliseconds, and no clock may run backwards.
  (func (export "_start") (local $n i32) (local $last i64)
    (call $expect (call $clock_res_get (i32.const 1) (i32.const 64)) (i32.const 0) (i32.const 1))
    (call $expect (i64.ge_u (i64.load (i32.const 64)) (i64.const 1000000)) (i32.const 1) (i32.const 2))
    (loop $again
      (call $expect (call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 64)) (i32.const 0) (i32.const 3))
      (call $expect (i64.eqz (i64.rem_u (i64.load (i32.const 64)) (i64.const 1000000))) (i32.const 1) (i32.const 4))
      (call $expect (i64.ge_u (i64.load (i32.const 64)) (local.get $last)) (i32.const 1) (i32.const 5))
      (local.set $last (i64.load (i32.const 64)))
      (call $expect (call $clock_time_get (i32.const 0) (i64.const 1) (i32.const 72)) (i32.const 0) (i32.const 6))
      (call $expect (i64.eqz (i64.rem_u (i64.load (i32.const 72)) (i64.const 1000000))) (i32.const 1) (i32.const 7))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $n) (i32.const 200))))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (call $proc_exit (call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 64)))))
