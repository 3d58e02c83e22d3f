;;! title: Calls through typed function references
;;! threats: [MOD-18]
;;! provenance: typed function references proposal, on by default since Node 22
;;! notices: feature-allow-list (typed-function-references accepted)
;;! assembler: binaryen
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused]}
(module
  (type $t (func (result i32)))
  (elem declare func $f)
  (func $f (type $t) (i32.const 3))
  (func (export "run") (result i32) (call_ref $t (ref.func $f))))
;;! --- twin
;;! assembler: wabt
;;! expect: {outcomes: [completed], values: ["3"]}
(module
  (type $t (func (result i32)))
  (table funcref (elem $f))
  (func $f (type $t) (i32.const 3))
  (func (export "run") (result i32) (call_indirect (type $t) (i32.const 0))))
