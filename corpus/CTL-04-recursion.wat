;;! title: Recursion until the stack ends
;;! threats: [CTL-04, RES-01]
;;! provenance: core specification 7.2 (call stack as an implementation limit); CVE-2025-59466 (stack overflow that ended the process)
;;! notices: enumerated-outcomes (the host's RangeError reaches the embedder)
;;! run: {calls: [{call: run, args: [0]}]}
;;! expect: {outcomes: [trapped], details: [trapped]}
(module
  (func $down (export "run") (param $n i32) (result i32)
    (i32.add (call $down (i32.add (local.get $n) (i32.const 1))) (local.get $n))))
;;! --- twin
;;! run: {calls: [{call: run, args: [500]}]}
;;! expect: {outcomes: [completed], values: ["125250"]}
(module
  (func $down (export "run") (param $n i32) (result i32)
    (if (result i32) (i32.eqz (local.get $n))
      (then (i32.const 0))
      (else (i32.add (call $down (i32.sub (local.get $n) (i32.const 1))) (local.get $n))))))
