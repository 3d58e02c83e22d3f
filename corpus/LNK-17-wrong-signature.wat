;;! title: A host call imported with parameters and results that it does not have
;;! threats: [LNK-17, MEM-14]
;;! provenance: JS API, function imports (a JavaScript function fits every type; missing arguments are undefined, results are converted)
;;! notices: import-match (names compared, types not)
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused, syscall-blocked]}
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i64) (result i32 i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param externref)))
  (memory (export "memory") 1)
  (func (export "run") (call $exit (ref.null extern))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "run") (result i32) (call $random_get (i32.const 0) (i32.const 8))))
