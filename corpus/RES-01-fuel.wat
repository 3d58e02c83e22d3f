;;! title: One turn of a loop more than the fuel pays for
;;! threats: [RES-01]
;;! provenance: wasmtime Config::consume_fuel; a count of work ends a guest at the same place on every machine
;;! notices: metering (a charge left out, or made after the work)
;;! run: {policy: {quotas: {fuel: 100000}}, calls: [{call: run, args: [1000000]}]}
;;! expect: {outcomes: [limit], details: [fuel-limit], events: [fuel-limit]}
(module
  (func (export "run") (param $turns i32) (result i32) (local $n i32)
    (loop $again
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $n) (local.get $turns))))
    (local.get $n)))
;;! --- twin
;;! inherit: true
;;! run: {calls: [{call: run, args: [1000]}]}
;;! expect: {outcomes: [completed], values: ["1000"]}
