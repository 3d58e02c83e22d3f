;;! title: Eight megabytes of random bytes in each of many host calls, on fuel for a hundred short ones
;;! threats: [RES-08, RES-01]
;;! provenance: arXiv 2509.11242; CWA-2023-003
;;! notices: metering (a host call costs the same, however much it copies)
;;! run: {calls: [{call: run}], limits: {memoryBytes: 16777216}, policy: {quotas: {fuel: 20000000}}}
;;! expect: {outcomes: [limit], details: [fuel-limit], events: [fuel-limit]}
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (memory (export "memory") 129)
  (func (export "run") (result i32) (local $n i32)
    (loop $again
      (drop (call $random_get (i32.const 0) (i32.const 8388608)))
      (br_if $again (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 20))))
    (local.get $n)))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], values: ["20"]}
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (memory (export "memory") 129)
  (func (export "run") (result i32) (local $n i32)
    (loop $again
      (drop (call $random_get (i32.const 0) (i32.const 4096)))
      (br_if $again (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 20))))
    (local.get $n)))
