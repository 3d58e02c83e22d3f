;;! title: A memory that other threads could change while the host reads it
;;! threats: [MEM-07, MOD-18]
;;! provenance: GHSA-hc7m-r6v8-hg9q / CVE-2025-64345; threads proposal
;;! notices: feature-allow-list (shared memories accepted)
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused]}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1 1 shared)
  (func (export "run") (result i32)
    (i32.atomic.store (i32.const 0) (i32.const 16))
    (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1 1)
  (func (export "run") (result i32)
    (i32.store (i32.const 0) (i32.const 16))
    (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
