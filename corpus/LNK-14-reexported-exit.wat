;;! title: proc_exit exported again under the entry's name
;;! threats: [LNK-14, CTL-11]
;;! provenance: measured, a re-exported host function can be called from the host
;;! notices: uncatchable-kill and instance-states (an exit without a guest frame beneath it surfaces as a raw exception)
;;! run: {calls: [{call: leave, args: [5]}, {call: speak}]}
;;! expect: {outcomes: [exited, refused], exitCode: 5, stdout: "", forbidden: [AFTER]}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\06\00\00\00")
  (data (i32.const 16) "AFTER\n")
  (export "leave" (func $proc_exit))
  (func (export "speak") (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
;;! --- twin
;;! run: {calls: [{call: leave}]}
;;! expect: {outcomes: [exited], exitCode: 5}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (func (export "leave") (call $proc_exit (i32.const 5))))
