;;! title: Host calls under the name of the older interface, where a host may keep a shim without checks
;;! threats: [LNK-18]
;;! provenance: zed-industries/zed#55533 (the v0.1.0 shim skips the capability check); wasi_unstable
;;! notices: import-match (a second namespace served by the same handlers)
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused, syscall-blocked]}
(module
  (import "wasi_unstable" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "run") (result i32) (call $fd_write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 8))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "run") (result i32) (call $fd_write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 8))))
