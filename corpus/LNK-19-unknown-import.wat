;;! title: An import that no host has, in the hope of a stub that answers 0
;;! threats: [LNK-19]
;;! provenance: tolerant loaders that stub missing imports with () => 0, which is success in most interfaces; contrast wasmtime define_unknown_imports_as_traps
;;! notices: import-match (unknown names stubbed)
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused, syscall-blocked], stdout: "", forbidden: [VERIFIED]}
(module
  (import "env" "verify_signature" (func $verify (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_frobnicate" (func $frobnicate (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\09\00\00\00")
  (data (i32.const 16) "VERIFIED\n")
  (func (export "run")
    (if (i32.eqz (i32.or (call $verify (i32.const 0) (i32.const 8)) (call $frobnicate (i32.const 1))))
      (then (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))))
;;! --- twin
;;! expect: {outcomes: [completed], stdout: "verified\n"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\09\00\00\00")
  (data (i32.const 16) "verified\n")
  (func $verify (result i32) (i32.const 0))
  (func (export "run")
    (if (i32.eqz (call $verify))
      (then (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))))
