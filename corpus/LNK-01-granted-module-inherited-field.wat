;;! title: Inherited field of a module that is itself granted
;;! threats: [LNK-01, LNK-04]
;;! provenance: JS API, "read the imports"; linked with a null-prototype outer and a plain inner object on Node 20, 22, 24 and 26
;;! notices: null-prototype-linking at the inner level, with import-match
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused, syscall-blocked]}
(module
  (import "wasi_snapshot_preview1" "hasOwnProperty" (func $has (param externref) (result i32)))
  (import "wasi_snapshot_preview1" "toString" (func $text (result externref)))
  (func (export "run") (result i32) (drop (call $text)) (call $has (ref.null extern))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (func (export "run") (result i32) (call $sched_yield)))
