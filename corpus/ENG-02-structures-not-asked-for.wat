;;! title: Structures, casts and typed references, whose lifetimes and types the engine alone keeps right
;;! threats: [ENG-02]
;;! provenance: GHSA-7qmx-3fpx-r45m, CVE-2022-31146 (Wasmtime); V8 keeps fixing type confusion in this part
;;! notices: feature-allow-list (what the engine accepts is taken for allowed)
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused]}
;;! assembler: binaryen
(module
  (type $box (sub (struct (field (mut i32)))))
  (type $bigger (sub $box (struct (field (mut i32)) (field (mut i64)))))
  (func (export "run") (result i32)
    (local $a (ref null $box))
    (local.set $a (struct.new $box (i32.const 7)))
    (if (result i32) (ref.test (ref $bigger) (local.get $a))
      (then (i32.wrap_i64 (struct.get $bigger 1 (ref.cast (ref $bigger) (local.get $a)))))
      (else (struct.get $box 0 (local.get $a))))))
;;! --- twin
;;! assembler: binaryen
;;! run: {policy: {features: [gc, reference-types, typed-function-references, multi-value, bulk-memory]}}
;;! expect: {outcomes: [completed], values: ["7"]}
(module
  (type $box (sub (struct (field (mut i32)))))
  (type $bigger (sub $box (struct (field (mut i32)) (field (mut i64)))))
  (func (export "run") (result i32)
    (local $a (ref null $box))
    (local.set $a (struct.new $box (i32.const 7)))
    (if (result i32) (ref.test (ref $bigger) (local.get $a))
      (then (i32.wrap_i64 (struct.get $bigger 1 (ref.cast (ref $bigger) (local.get $a)))))
      (else (struct.get $box 0 (local.get $a))))))
