;;! title: Endless loop in the start function, before the host has an instance to stop
;;! threats: [LNK-12, RES-01]
;;! provenance: core specification 4.5.4 (the start function runs during instantiation); measured, an import ran while the host's instance variable was undefined
;;! notices: deferred-start, or wall-clock-limit armed only after instantiation
;;! run: {limits: {wallClockMs: 800, cpuMs: 800}}
;;! expect: {outcomes: [limit], details: [wall-clock-limit, cpu-limit]}
(module
  (func $start (loop $again (br $again)))
  (start $start)
  (func (export "run")))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["5"]}
(module
  (global $n (mut i32) (i32.const 0))
  (func $start (global.set $n (i32.const 5)))
  (start $start)
  (func (export "run") (result i32) (global.get $n)))
