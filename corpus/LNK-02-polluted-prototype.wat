;;! title: A polluted Object.prototype turns a missing import into a host function
;;! threats: [LNK-02]
;;! provenance: measured on Node 20, 22, 24 and 26, a function on Object.prototype is linked for a missing field
;;! notices: null-prototype-linking, with import-match that tests `name in table`
;;! conditions: [polluted-object-prototype]
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused, syscall-blocked]}
(module
  (import "env" "gift" (func $gift))
  (import "polluted" "gift" (func $second))
  (func (export "run") (call $gift) (call $second)))
;;! --- twin
;;! conditions: [polluted-object-prototype]
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (func (export "run") (result i32) (call $sched_yield)))
