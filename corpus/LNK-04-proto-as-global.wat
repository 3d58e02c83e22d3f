;;! title: Object.prototype imported as a constant of type externref
;;! threats: [LNK-04, LNK-01]
;;! provenance: JS API, "read the imports" (an immutable global takes any JavaScript value that converts to its type)
;;! notices: import-match (only functions are looked up in the table), with null-prototype-linking
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused, syscall-blocked]}
(module
  (import "wasi_snapshot_preview1" "__proto__" (global $prototype externref))
  (import "__proto__" "constructor" (global $object externref))
  (table (export "loot") 2 externref)
  (func (export "run") (result i32)
    (table.set (i32.const 0) (global.get $prototype))
    (table.set (i32.const 1) (global.get $object))
    (ref.is_null (global.get $prototype))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["1"]}
(module
  (global $prototype externref (ref.null extern))
  (func (export "run") (result i32) (ref.is_null (global.get $prototype))))
