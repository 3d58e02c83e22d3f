;;! title: Recursion that the usual stack would bear, under a policy with a smaller one
;;! threats: [CTL-04]
;;! provenance: measured, 512 KiB hold some 10,000 small frames and 4 MiB more than 100,000; CVE-2025-59466 (stack overflow that ended the process)
;;! notices: cell (the thread has the usual stack, whatever the policy says)
;;! run: {policy: {quotas: {stackBytes: 524288}}, calls: [{call: run, args: [40000]}]}
;;! expect: {outcomes: [trapped], details: [trapped]}
(module
  (func $down (export "run") (param $n i32) (result i32)
    (if (result i32) (i32.eqz (local.get $n))
      (then (i32.const 0))
      (else (i32.add (call $down (i32.sub (local.get $n) (i32.const 1))) (local.get $n))))))
;;! --- twin
;;! inherit: true
;;! run: {calls: [{call: run, args: [4000]}]}
;;! expect: {outcomes: [completed], values: ["8002000"]}
