;;! title: Two memories under a policy that allows them, of which host calls could mean either
;;! threats: [LNK-11]
;;! provenance: multi-memory proposal; workerd signal-decoy-memory.wat
;;! notices: import-match (memories of every kind accepted beside host calls with pointers)
;;! run: {policy: {extends: relaxed, features: [mutable-globals, sign-extension, bulk-memory, multi-memory]}}
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused], stdout: ""}
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
;;! inherit: true
;;! expect: {outcomes: [completed], values: ["3"]}
(module
  (memory $one (export "memory") 1)
  (memory $two 1)
  (func (export "run") (result i32)
    (i32.store (memory $one) (i32.const 0) (i32.const 1))
    (i32.store (memory $two) (i32.const 0) (i32.const 2))
    (i32.add (i32.load (memory $one) (i32.const 0)) (i32.load (memory $two) (i32.const 0)))))
