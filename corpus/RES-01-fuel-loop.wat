;;! title: Endless loop on fuel, with nobody's clock to stop it
;;! threats: [RES-01, CTL-14]
;;! provenance: measured, a loop inside one thread cannot be interrupted by that thread; wasmtime documentation, "Interrupting Wasm"
;;! notices: metering (loops without a check, or the meter not set)
;;! run: {limits: {wallClockMs: 1500, cpuMs: 1500}, policy: {quotas: {fuel: 5000000}}}
;;! expect: {outcomes: [limit], details: [fuel-limit], events: [fuel-limit]}
(module
  (func (export "run") (loop $again (br $again))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], values: ["100000"]}
(module
  (func (export "run") (result i32) (local $n i32)
    (loop $again
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $n) (i32.const 100000))))
    (local.get $n)))
