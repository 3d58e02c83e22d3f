;;! title: The module's bytes are overwritten while the host is still at work on them
;;! threats: [MOD-17]
;;! provenance: JS API, compile copies bytes at the call; GHSA-cp6g-6699-wx9c for the same with files
;;! notices: private-copy (bytes read again after an await)
;;! conditions: [bytes-mutated-after-call]
;;! expect: {outcomes: [completed], stdout: "as checked\n"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\0b\00\00\00")
  (data (i32.const 16) "as checked\n")
  (func (export "run") (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
;;! --- twin
;;! expect: {outcomes: [completed], stdout: "as checked\n"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\0b\00\00\00")
  (data (i32.const 16) "as checked\n")
  (func (export "run") (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
