;;! title: Import of the engine's built-in string functions
;;! threats: [LNK-05]
;;! provenance: JS API, builtins of "wasm:js-string"; measured on Node 22, 24 and 26, linked against {} and not listed by Module.imports() when the option is given
;;! notices: import-match together with compile options that the guest can profit from
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused, syscall-blocked]}
(module
  (import "wasm:js-string" "length" (func $length (param externref) (result i32)))
  (import "wasm:js-string" "test" (func $test (param externref) (result i32)))
  (func (export "run") (result i32) (call $test (ref.null extern))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (func $test (param externref) (result i32) (i32.eqz (ref.is_null (local.get 0))))
  (func (export "run") (result i32) (call $test (ref.null extern))))
