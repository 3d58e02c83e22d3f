;;! title: Thirty million host calls under a limit on CPU time alone
;;! threats: [RES-08, RES-01]
;;! provenance: arXiv 2509.11242; CWA-2023-003
;;! notices: cpu-limit (work that host calls cause is not charged to the guest)
;;! run: {limits: {wallClockMs: 20000, cpuMs: 400}}
;;! expect: {outcomes: [limit], details: [cpu-limit]}
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "run") (local $n i32)
    (local.set $n (i32.const 30000000))
    (loop $again
      (drop (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 8)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (local.get $n)))))
;;! --- twin
;;! expect: {outcomes: [completed]}
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "run") (local $n i32)
    (local.set $n (i32.const 1000))
    (loop $again
      (drop (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 8)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (local.get $n)))))
