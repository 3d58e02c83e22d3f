;;! title: _start called a second time on an instance that has exited
;;! threats: [LNK-13, CTL-11]
;;! provenance: node:wasi documentation, start() throws when called twice; wasi-testsuite proc_exit
;;! notices: instance-states (an exited instance can be called)
;;! run: {calls: [{call: _start}, {call: _start}]}
;;! expect: {outcomes: [exited, refused], exitCode: 0, stdout: "once\n"}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\05\00\00\00")
  (data (i32.const 16) "once\n")
  (func (export "_start")
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! run: {calls: [{call: tick}, {call: tick}]}
;;! expect: {outcomes: [completed], values: ["2"]}
(module
  (global $n (mut i32) (i32.const 0))
  (func (export "tick") (result i32)
    (global.set $n (i32.add (global.get $n) (i32.const 1)))
    (global.get $n)))
