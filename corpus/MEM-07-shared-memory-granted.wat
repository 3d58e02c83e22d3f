;;! title: A shared memory under a policy that allows threads, together with host calls that take addresses
;;! threats: [MEM-07]
;;! provenance: GHSA-hc7m-r6v8-hg9q / CVE-2025-64345; threads proposal
;;! notices: import-match (memories of every kind accepted beside host calls with pointers)
;;! run: {policy: {extends: relaxed, features: [mutable-globals, sign-extension, bulk-memory, threads]}}
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused]}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1 1 shared)
  (func (export "run") (result i32)
    (i32.atomic.store (i32.const 0) (i32.const 16))
    (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], values: ["16"]}
(module
  (memory (export "memory") 1 1 shared)
  (func (export "run") (result i32)
    (i32.atomic.store (i32.const 0) (i32.const 16))
    (i32.atomic.load (i32.const 0))))
