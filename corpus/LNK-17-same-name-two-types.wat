;;! title: One host call imported twice, once with its type and once with another
;;! threats: [LNK-17]
;;! provenance: JS API, "read the imports" (each entry is resolved by itself; a JavaScript function fits every type)
;;! notices: import-match (the first entry of a name decides for all)
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused, syscall-blocked]}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $other (param i64 f64) (result externref)))
  (memory (export "memory") 1)
  (func (export "run") (drop (call $other (i64.const -1) (f64.const nan)))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (import "wasi_snapshot_preview1" "sched_yield" (func $twice (result i32)))
  (func (export "run") (result i32) (drop (call $twice)) (call $sched_yield)))
