;;! title: Two memories, of which the exported one is a decoy
;;! threats: [LNK-11, MOD-18]
;;! provenance: multi-memory proposal; workerd signal-decoy-memory.wat
;;! notices: feature-allow-list (multi-memory accepted)
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused]}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory $decoy (export "memory") 1)
  (memory $real 1)
  (data (memory $decoy) (i32.const 0) "\10\00\00\00\03\00\00\00")
  (data (memory $decoy) (i32.const 16) "bad")
  (func (export "run") (result i32)
    (i32.store (memory $real) (i32.const 0) (i32.const 1))
    (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"], stdout: "abc"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory $real (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\03\00\00\00")
  (data (i32.const 16) "abc")
  (func (export "run") (result i32)
    (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
