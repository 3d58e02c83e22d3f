;;! title: A 64-bit memory under a policy that allows it, together with host calls that take 32-bit addresses
;;! threats: [MEM-13]
;;! provenance: memory64 proposal; GHSA-m9w2-8782-2946
;;! notices: import-match (memories of every kind accepted beside host calls with pointers)
;;! run: {policy: {extends: relaxed, features: [mutable-globals, sign-extension, bulk-memory, memory64]}}
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused]}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") i64 1)
  (data (i64.const 0) "\10\00\00\00\03\00\00\00")
  (func (export "run") (result i32)
    (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], values: ["3"]}
(module
  (memory (export "memory") i64 1)
  (data (i64.const 0) "\03\00\00\00")
  (func (export "run") (result i32) (i32.load (i64.const 0))))
