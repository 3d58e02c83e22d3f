;;! title: A loop that the clock on the wall would allow for long
;;! threats: [RES-01]
;;! provenance: measured, a loaded machine gives a guest less processor time than time, so that one of the two clocks alone says little
;;! notices: cpu-limit (only the time on the wall compared)
;;! run: {limits: {wallClockMs: 60000, cpuMs: 500}}
;;! expect: {outcomes: [limit], details: [cpu-limit], events: [cpu-limit]}
(module
  (func (export "run")
    (loop $again (br $again))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["100000"]}
(module
  (func (export "run") (result i32) (local $n i32)
    (loop $again
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $n) (i32.const 100000))))
    (local.get $n)))
