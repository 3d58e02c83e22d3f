;;! title: Endless loop that does nothing but yield
;;! threats: [WSI-14, RES-01]
;;! provenance: WASI preview 1, sched_yield
;;! notices: wall-clock-limit and cpu-limit
;;! run: {limits: {wallClockMs: 800, cpuMs: 800}}
;;! expect: {outcomes: [limit], details: [wall-clock-limit, cpu-limit]}
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (func (export "run") (loop $again (drop (call $sched_yield)) (br $again))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (func (export "run") (result i32) (drop (call $sched_yield)) (call $sched_yield)))
