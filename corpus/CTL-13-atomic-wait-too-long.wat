;;! title: memory.atomic.wait32 for three seconds, where the policy allows threads but not that much time
;;! threats: [CTL-13, RES-09]
;;! provenance: threads proposal; wasmtime test p2_cli_sleep_forever for sleeping through a CPU quota
;;! notices: wall-clock-limit (only CPU time is limited; the guest then completes by itself)
;;! run: {limits: {wallClockMs: 500}, policy: {extends: relaxed, features: [mutable-globals, sign-extension, bulk-memory, threads]}}
;;! expect: {outcomes: [limit], details: [wall-clock-limit]}
(module
  (memory (export "memory") 1 1 shared)
  (func (export "run") (result i32)
    (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 3000000000))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], values: ["2"]}
(module
  (memory (export "memory") 1 1 shared)
  (func (export "run") (result i32)
    (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 1000000))))
