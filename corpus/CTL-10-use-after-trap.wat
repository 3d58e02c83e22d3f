;;! title: Another call on an instance that trapped half way through an update
;;! threats: [CTL-10]
;;! provenance: "Envoy-wasm#463, Envoy PR #40166 and #38801"
;;! notices: instance-states (a trapped instance is not poisoned)
;;! run: {calls: [{call: fail}, {call: after}]}
;;! expect: {outcomes: [trapped, refused], details: [trapped, call-refused], stdout: "", forbidden: [AFTER]}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\06\00\00\00")
  (data (i32.const 16) "AFTER\n")
  (func (export "fail") (i32.store (i32.const 32) (i32.const 1)) (unreachable))
  (func (export "after") (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
;;! --- twin
;;! run: {calls: [{call: pass}, {call: after}]}
;;! expect: {outcomes: [completed], stdout: "after\n"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\06\00\00\00")
  (data (i32.const 16) "after\n")
  (func (export "pass"))
  (func (export "after") (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
