;;! title: Endless loop around the cheapest host call that does work
;;! threats: [RES-08, RES-01]
;;! provenance: arXiv 2509.11242; CWA-2023-003
;;! notices: wall-clock-limit and cpu-limit
;;! run: {limits: {wallClockMs: 800, cpuMs: 800}}
;;! expect: {outcomes: [limit], details: [wall-clock-limit, cpu-limit]}
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "run")
    (loop $again
      (drop (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 8)))
      (br $again))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "run") (result i32) (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 8))))
