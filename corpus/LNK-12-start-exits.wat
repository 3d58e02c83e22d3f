;;! title: proc_exit in the start function, before the host holds an instance
;;! threats: [LNK-12, CTL-11]
;;! provenance: core specification 4.5.4; measured, a host import ran while the host's instance variable was undefined
;;! notices: deferred-start (an exit during instantiation surfaces as a link failure or a raw exception)
;;! expect: {outcomes: [exited], exitCode: 3, stdout: "", forbidden: [AFTER]}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\06\00\00\00")
  (data (i32.const 16) "AFTER\n")
  (func $start (call $proc_exit (i32.const 3)))
  (start $start)
  (func (export "_start")
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
;;! --- twin
;;! expect: {outcomes: [exited], exitCode: 3, stdout: "begun\n"}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\06\00\00\00")
  (data (i32.const 16) "begun\n")
  (func (export "_start")
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (call $proc_exit (i32.const 3))))
