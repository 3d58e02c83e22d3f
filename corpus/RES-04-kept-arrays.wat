;;! title: A hundred and sixty garbage-collected arrays of one megabyte, all kept
;;! threats: [RES-04]
;;! provenance: garbage-collection proposal; arrays live on the engine's heap, which no limit on linear memory or tables sees
;;! notices: memory-watch (resident memory of the jail not compared with its limit)
;;! assembler: binaryen
;;! run: {limits: {memoryBytes: 1048576, tableElements: 200}, policy: {extends: relaxed, quotas: {residentBytes: 167772160}}}
;;! expect: {outcomes: [limit], details: [memory-limit], events: [memory-limit]}
(module
  (type $block (array (mut i8)))
  (table $kept 200 200 (ref null $block))
  (func (export "run") (result i32) (local $n i32)
    (loop $again
      (table.set $kept (local.get $n) (array.new $block (i32.const 1) (i32.const 1048576)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $n) (i32.const 160))))
    (local.get $n)))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], values: ["4"]}
(module
  (type $block (array (mut i8)))
  (table $kept 200 200 (ref null $block))
  (func (export "run") (result i32) (local $n i32)
    (loop $again
      (table.set $kept (local.get $n) (array.new $block (i32.const 1) (i32.const 65536)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $n) (i32.const 4))))
    (local.get $n)))
