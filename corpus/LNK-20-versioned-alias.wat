;;! title: Names that a lenient linker takes for the granted interface
;;! threats: [LNK-20]
;;! provenance: component-model#395; wasi_unstable and preview aliases that linkers map while policies compare exact strings
;;! notices: import-match (names normalised before they are compared)
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused, syscall-blocked]}
(module
  (import "wasi_snapshot_preview1@0.2.8" "sched_yield" (func $versioned (result i32)))
  (import "WASI_SNAPSHOT_PREVIEW1" "sched_yield" (func $upper (result i32)))
  (import "wasi_snapshot_preview1\00" "sched_yield" (func $terminated (result i32)))
  (import "wasi_snapshot_preview1" "sched_yield " (func $padded (result i32)))
  (func (export "run") (result i32) (call $versioned)))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (func (export "run") (result i32) (call $sched_yield)))
