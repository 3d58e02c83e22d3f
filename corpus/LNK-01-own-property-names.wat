;;! title: Import of a static method of the host's Object constructor
;;! threats: [LNK-01]
;;! provenance: JS API, "read the imports"; measured on Node 20, 22, 24 and 26 with an empty import object
;;! notices: null-prototype-linking at the outer level, with import-match
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused, syscall-blocked]}
(module
  (import "constructor" "getOwnPropertyNames" (func $names (param externref) (result externref)))
  (import "constructor" "getPrototypeOf" (func $prototype (param externref) (result externref)))
  (table (export "loot") 2 externref)
  (func (export "run") (table.set (i32.const 0) (call $prototype (ref.null extern)))))
;;! --- twin
;;! expect: {outcomes: [completed]}
(module
  (table (export "loot") 2 externref)
  (func (export "run") (table.set (i32.const 0) (ref.null extern))))
