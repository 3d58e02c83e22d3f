;;! title: A start function that makes a host call and counts how often it is run
;;! threats: [LNK-12]
;;! provenance: core specification 4.5.4 (the start function runs once, during instantiation); measured, a host import ran while the host's instance variable was undefined
;;! notices: deferred-start (the start section is left in place, so that it runs before the memory is bound, or twice)
;;! expect: {outcomes: [completed], values: ["1"]}
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (global $count (mut i32) (i32.const 0))
  ;; Adds 1 for each run, and the error number of a host call that needs the memory.
  (func $start
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (global.set $count (i32.add (global.get $count) (call $args_sizes_get (i32.const 0) (i32.const 4)))))
  (start $start)
  (func (export "run") (result i32) (global.get $count)))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["1"]}
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "run") (result i32)
    (i32.add (i32.const 1) (call $args_sizes_get (i32.const 0) (i32.const 4)))))
