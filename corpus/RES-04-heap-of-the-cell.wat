;;! title: Garbage-collected arrays of 384 MiB, under a policy that grants that much resident memory but no such heap
;;! threats: [RES-04]
;;! provenance: garbage-collection proposal; measured, a full heap ends the worker with ERR_WORKER_OUT_OF_MEMORY if it has a limit of its own
;;! notices: cell (the thread has no limit on its heap)
;;! assembler: binaryen
;;! run: {limits: {memoryBytes: 1048576, tableElements: 400}, policy: {extends: relaxed, quotas: {residentBytes: 1073741824}}}
;;! expect: {outcomes: [limit], details: [memory-limit], events: [memory-limit], residentMiB: 900}
(module
  (type $block (array (mut i8)))
  (table $kept 400 400 (ref null $block))
  (func (export "run") (result i32) (local $n i32)
    (loop $again
      (table.set $kept (local.get $n) (array.new $block (i32.const 1) (i32.const 1048576)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $n) (i32.const 384))))
    (local.get $n)))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], values: ["100"]}
(module
  (type $block (array (mut i8)))
  (table $kept 400 400 (ref null $block))
  (func (export "run") (result i32) (local $n i32)
    (loop $again
      (table.set $kept (local.get $n) (array.new $block (i32.const 1) (i32.const 1048576)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $n) (i32.const 100))))
    (local.get $n)))
