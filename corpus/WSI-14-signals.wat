;;! title: A signal to the host's process
;;! threats: [WSI-14, WSI-13]
;;! provenance: WASI preview 1, proc_raise
;;! notices: import-match (proc_raise offered)
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused, syscall-blocked]}
(module
  (import "wasi_snapshot_preview1" "proc_raise" (func $raise (param i32) (result i32)))
  (func (export "run") (result i32) (call $raise (i32.const 9))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (func (export "run") (result i32) (call $sched_yield)))
