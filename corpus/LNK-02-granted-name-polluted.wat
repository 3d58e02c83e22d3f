;;! title: A polluted Object.prototype carries a function under the name of a granted host call
;;! threats: [LNK-02]
;;! provenance: measured on Node 20, 22, 24 and 26, a function on Object.prototype is linked where a plain import object lacks the field
;;! notices: null-prototype-linking (import tables are plain objects, filled where `name in table` is false)
;;! conditions: [polluted-object-prototype]
;;! expect: {outcomes: [completed], values: ["8"]}
(module
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $fd_prestat_get (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; 8 is what the sandbox's own function answers for a descriptor that is not open; the planted one answers 0.
  (func (export "run") (result i32) (call $fd_prestat_get (i32.const 3) (i32.const 0))))
;;! --- twin
;;! conditions: [polluted-object-prototype]
;;! expect: {outcomes: [completed], values: ["8"]}
(module
  (memory (export "memory") 1)
  (func (export "run") (result i32) (i32.const 8)))
