;;! title: _start called a second time on a command that has returned
;;! threats: [LNK-13]
;;! provenance: WASI application ABI, a command's instance lives for one call of _start; node:wasi documentation, start() throws when called twice
;;! notices: instance-states (a command that has returned can be called again)
;;! run: {calls: [{call: _start}, {call: _start}]}
;;! expect: {outcomes: [refused], details: [call-refused], stdout: "once\n"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\05\00\00\00")
  (data (i32.const 16) "once\n")
  (func (export "_start") (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
;;! --- twin
;;! run: {calls: [{call: tick}, {call: tick}]}
;;! expect: {outcomes: [completed], stdout: "tick\ntick\n"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\05\00\00\00")
  (data (i32.const 16) "tick\n")
  (func (export "tick") (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
