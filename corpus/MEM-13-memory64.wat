;;! title: A 64-bit memory, whose pointers a 32-bit host call cuts
;;! threats: [MEM-13, MOD-18]
;;! provenance: memory64 proposal; GHSA-m9w2-8782-2946; measured, a pointer of -2 arrives as a BigInt
;;! notices: feature-allow-list (memory64 accepted)
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused]}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") i64 1)
  (data (i64.const 0) "\10\00\00\00\03\00\00\00")
  (func (export "run") (result i32)
    (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"], stdout: "abc"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\03\00\00\00")
  (data (i32.const 16) "abc")
  (func (export "run") (result i32)
    (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
