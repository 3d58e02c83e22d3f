;;! title: A host call exported again and called straight from outside, with pointers of nobody
;;! threats: [LNK-14]
;;! provenance: measured, a re-exported host function can be called from the host and has another identity than the original
;;! notices: host-call-gate (a host call that faults without a guest frame beneath it reaches the embedder raw)
;;! run: {calls: [{call: write, args: [1, -16, 1, -4]}]}
;;! expect: {outcomes: [completed, refused], stdout: ""}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (export "write" (func $fd_write)))
;;! --- twin
;;! run: {calls: [{call: write}]}
;;! expect: {outcomes: [completed], values: ["0"], stdout: "abc"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\03\00\00\00")
  (data (i32.const 16) "abc")
  (func (export "write") (result i32)
    (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
