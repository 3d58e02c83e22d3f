;;! title: A function of the guest, one of the host and none at all, given to a host call that might call them
;;! threats: [MEM-25, LNK-17]
;;! provenance: WasmEdge#4920 (tables that hold no functions); measured, table.get returns a callable host function
;;! notices: import-match (names compared and types not, so that functions reach a host call)
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused, syscall-blocked]}
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param funcref i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (memory (export "memory") 1)
  (elem declare func $again $sched_yield)
  ;; Called back it would enter the call that it is called from.
  (func $again (export "again") (result i32) (call $poll (ref.func $again) (i32.const 64) (i32.const 1) (i32.const 128)))
  (func (export "run") (result i32)
    (drop (call $poll (ref.func $sched_yield) (i32.const 64) (i32.const 1) (i32.const 128)))
    (drop (call $poll (ref.null func) (i32.const 64) (i32.const 1) (i32.const 128)))
    (call $again)))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (memory (export "memory") 1)
  (table (export "__indirect_function_table") 2 funcref)
  (elem (i32.const 0) $sched_yield)
  (data (i32.const 8) "\02\00\00\00\00\00\00\00\01\00\00\00")
  (func (export "run") (result i32) (call $poll_oneoff (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128))))
