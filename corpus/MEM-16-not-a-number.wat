;;! title: Values that are no numbers or have no end, and times beyond what a number holds
;;! threats: [MEM-16]
;;! provenance: ECMAScript number semantics (NaN passes "refuse if greater"); WasmEdge#3106
;;! notices: abi-table (values compared with a limit and not looked at first)
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "gauntlet_v1" "metric_record" (func $metric (param i32 i32 i32 f64 i32 i32) (result i32)))
  (import "gauntlet_v1" "result_report" (func $result (param i32 f64 i32 i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "result_timing" (func $timing (param i32 i32 i64) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "name")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $record (param $value f64) (result i32)
    (call $metric (i32.const 1) (i32.const 0) (i32.const 4) (local.get $value) (i32.const 0) (i32.const 0)))
  (func $report (param $value f64) (result i32)
    (call $result (i32.const 0) (local.get $value) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
  (func (export "_start")
    (call $expect (call $record (f64.const nan)) (i32.const 28) (i32.const 1))
    (call $expect (call $record (f64.const -nan:0x8000000000001)) (i32.const 28) (i32.const 2))
    (call $expect (call $record (f64.const inf)) (i32.const 28) (i32.const 3))
    (call $expect (call $record (f64.const -inf)) (i32.const 28) (i32.const 4))
    (call $expect (call $report (f64.const inf)) (i32.const 28) (i32.const 5))
    (call $expect (call $report (f64.const -inf)) (i32.const 28) (i32.const 6))
    (call $expect (call $timing (i32.const 0) (i32.const 4) (i64.const -1)) (i32.const 28) (i32.const 7))
    (call $expect (call $timing (i32.const 0) (i32.const 4) (i64.const 0x20000000000000)) (i32.const 28) (i32.const 8))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "gauntlet_v1" "metric_record" (func $metric (param i32 i32 i32 f64 i32 i32) (result i32)))
  (import "gauntlet_v1" "result_report" (func $result (param i32 f64 i32 i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "result_timing" (func $timing (param i32 i32 i64) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "name")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $metric (i32.const 1) (i32.const 0) (i32.const 4) (f64.const -0.5) (i32.const 0) (i32.const 0)) (i32.const 0) (i32.const 1))
    ;; Of a result NaN is the way to say that there is no value.
    (call $expect (call $result (i32.const 0) (f64.const nan) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)) (i32.const 0) (i32.const 2))
    (call $expect (call $timing (i32.const 0) (i32.const 4) (i64.const 0x1fffffffffffff)) (i32.const 0) (i32.const 3))
    (call $proc_exit (i32.const 0))))
