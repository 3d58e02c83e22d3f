;;! title: Fills and copies of memory, each one instruction and megabytes of work, on little fuel
;;! threats: [RES-02, RES-01]
;;! provenance: measured, terminate() does not end a loop around memory.fill; wasmtime tunables, variable operator costs
;;! notices: metering (bulk operations charged as one instruction)
;;! run: {calls: [{call: run}], limits: {memoryBytes: 33554432}, policy: {quotas: {fuel: 50000000}}}
;;! expect: {outcomes: [limit], details: [fuel-limit], events: [fuel-limit]}
(module
  (memory 512 512)
  (func (export "run") (result i32) (local $n i32)
    (loop $again
      (memory.fill (i32.const 0) (i32.const 1) (i32.const 33554432))
      (memory.copy (i32.const 0) (i32.const 16777216) (i32.const 16777216))
      (br_if $again (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 200))))
    (local.get $n)))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], values: ["200"]}
(module
  (memory 512 512)
  (func (export "run") (result i32) (local $n i32)
    (loop $again
      (memory.fill (i32.const 0) (i32.const 1) (i32.const 256))
      (memory.copy (i32.const 0) (i32.const 16777216) (i32.const 256))
      (br_if $again (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 200))))
    (local.get $n)))
