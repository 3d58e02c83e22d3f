;;! title: Socket calls that a shim answers with success or with a thrown string
;;! threats: [WSI-13, LNK-19]
;;! provenance: browser_wasi_shim, sock_* throw "sockets not supported"
;;! notices: import-match (calls of the interface that are not offered are stubbed)
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused, syscall-blocked, network-access]}
(module
  (import "wasi_snapshot_preview1" "sock_send" (func $send (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "run") (result i32)
    (drop (call $accept (i32.const 3) (i32.const 0) (i32.const 64)))
    (call $send (i32.const 3) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 64))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (func (export "run") (result i32) (call $sched_yield)))
