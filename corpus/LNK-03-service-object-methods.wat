;;! title: Methods of the service object that implements the granted functions
;;! threats: [LNK-03]
;;! provenance: measured, a class instance passed as an import module links its constructor and every method; the names are those of common WASI shims
;;! notices: null-prototype-linking (the object that implements the calls is passed as the import module)
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused, syscall-blocked]}
(module
  (import "wasi_snapshot_preview1" "getImportObject" (func $imports (result externref)))
  (import "wasi_snapshot_preview1" "initialize" (func $initialize (param externref)))
  (import "wasi_snapshot_preview1" "constructor" (func $constructor (result externref)))
  (func (export "run") (call $initialize (call $imports)) (drop (call $constructor))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (func (export "run") (result i32) (call $sched_yield)))
