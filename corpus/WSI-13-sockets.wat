;;! title: Socket calls that a shim answers with success or with a thrown string
;;! threats: [WSI-13, MEM-15]
;;! provenance: browser_wasi_shim, sock_* throw "sockets not supported"
;;! notices: abi-table (a call without an implementation answers success, or nothing at all)
;;! expect: {outcomes: [exited], exitCode: 0, stdout: ""}
(module
  (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (i32.store (i32.const 64) (i32.const 0x55555555))
    (call $expect (call $accept (i32.const 0) (i32.const 0) (i32.const 64)) (i32.const 57) (i32.const 1))
    (call $expect (call $accept (i32.const 1) (i32.const 4) (i32.const 64)) (i32.const 57) (i32.const 2))
    (call $expect (call $accept (i32.const 3) (i32.const 0) (i32.const 64)) (i32.const 8) (i32.const 3))
    (call $expect (call $accept (i32.const -1) (i32.const 0) (i32.const 64)) (i32.const 8) (i32.const 4))
    ;; No descriptor was made up.
    (call $expect (i32.load (i32.const 64)) (i32.const 0x55555555) (i32.const 5))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (func (export "run") (result i32) (call $sched_yield)))
