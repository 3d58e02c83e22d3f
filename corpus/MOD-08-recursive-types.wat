;;! title: Recursive and nested garbage-collected types
;;! threats: [MOD-08, MOD-18]
;;! provenance: garbage-collection proposal, iso-recursive types; V8 CVE-2024-2887 class (from memory, unverified)
;;! notices: feature-allow-list (gc accepted)
;;! assembler: binaryen
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused]}
(module
  (rec
    (type $a (sub (struct (field (ref null $b)) (field (mut i32)))))
    (type $b (sub $a (struct (field (ref null $b)) (field (mut i32)) (field (ref null $c)))))
    (type $c (sub $b (struct (field (ref null $b)) (field (mut i32)) (field (ref null $c)) (field f64)))))
  (func (export "run") (result i32)
    (struct.get $a 1 (struct.new_default $c))))
;;! --- twin
;;! assembler: wabt
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (type $a (func (param i32) (result i32)))
  (func $f (type $a) (local.get 0))
  (func (export "run") (result i32) (call $f (i32.const 0))))
