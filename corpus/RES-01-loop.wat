;;! title: Endless loop without a host call
;;! threats: [RES-01, CTL-14]
;;! provenance: JS event-loop semantics, a timer of the same thread never fires; HTML and Node timers documentation
;;! notices: wall-clock-limit and cpu-limit, or cell (guest on the watchdog's thread)
;;! run: {limits: {wallClockMs: 800, cpuMs: 800}}
;;! expect: {outcomes: [limit], details: [wall-clock-limit, cpu-limit]}
(module
  (func (export "run") (loop $again (br $again))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["1000000"]}
(module
  (func (export "run") (result i32) (local $n i32)
    (loop $again
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $n) (i32.const 1000000))))
    (local.get $n)))
