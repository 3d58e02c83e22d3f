;;! title: Recursion beyond the depth that the policy allows
;;! threats: [CTL-04, RES-01]
;;! provenance: core specification 7.2 (call stack as an implementation limit), which every engine and tier reaches elsewhere
;;! notices: metering (calls that do not count)
;;! run: {calls: [{call: run, args: [101]}], policy: {quotas: {callDepth: 100}}}
;;! expect: {outcomes: [trapped], details: [trapped], events: [quota-exceeded]}
(module
  (func $down (export "run") (param $n i32) (result i32)
    (if (result i32) (i32.eqz (local.get $n))
      (then (i32.const 0))
      (else (i32.add (call $down (i32.sub (local.get $n) (i32.const 1))) (i32.const 1))))))
;;! --- twin
;;! run: {calls: [{call: run, args: [99]}, {call: run, args: [99]}], policy: {quotas: {callDepth: 100}}}
;;! expect: {outcomes: [completed], values: ["99"]}
(module
  (func $down (export "run") (param $n i32) (result i32)
    (if (result i32) (i32.eqz (local.get $n))
      (then (i32.const 0))
      (else (i32.add (call $down (i32.sub (local.get $n) (i32.const 1))) (i32.const 1))))))
