;;! title: Output from the start function, when a naive host has no memory to read it from
;;! threats: [LNK-12]
;;! provenance: measured, a host import ran while the host's instance variable was undefined
;;! notices: deferred-start (host calls use the instance before it exists)
;;! expect: {outcomes: [completed, refused]}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\06\00\00\00")
  (data (i32.const 16) "early\n")
  (func $start (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
  (start $start)
  (func (export "run")))
;;! --- twin
;;! expect: {outcomes: [completed], stdout: "later\n"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\06\00\00\00")
  (data (i32.const 16) "later\n")
  (func (export "run") (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
