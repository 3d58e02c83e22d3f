;;! title: Garbage-collected arrays of 120 MiB, under a policy that allows a heap of 64 MiB
;;! threats: [RES-04]
;;! provenance: garbage-collection proposal; measured, a full heap ends the worker with ERR_WORKER_OUT_OF_MEMORY
;;! notices: cell (the thread has the usual heap, whatever the policy says)
;;! assembler: binaryen
;;! run: {limits: {memoryBytes: 1048576, tableElements: 400}, policy: {extends: relaxed, quotas: {heapBytes: 67108864}}}
;;! expect: {outcomes: [limit], details: [memory-limit], events: [memory-limit], residentMiB: 500}
(module
  (type $block (array (mut i8)))
  (table $kept 400 400 (ref null $block))
  (func (export "run") (result i32) (local $n i32)
    (loop $again
      (table.set $kept (local.get $n) (array.new $block (i32.const 1) (i32.const 1048576)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $n) (i32.const 120))))
    (local.get $n)))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], values: ["20"]}
(module
  (type $block (array (mut i8)))
  (table $kept 400 400 (ref null $block))
  (func (export "run") (result i32) (local $n i32)
    (loop $again
      (table.set $kept (local.get $n) (array.new $block (i32.const 1) (i32.const 1048576)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $n) (i32.const 20))))
    (local.get $n)))
