;;! title: Host calls made from ever deeper, until the stack ends inside one of them
;;! threats: [CTL-04]
;;! provenance: CVE-2025-59466, GHSA-q8hx-mm92-4wvg; measured, a RangeError of the host cannot be caught by the guest
;;! notices: host-call-gate or enumerated-outcomes (the host's RangeError reaches the embedder, or output is torn)
;;! run: {calls: [{call: run, args: [0]}]}
;;! expect: {outcomes: [trapped, limit]}
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\00\00\00\00")
  (func $down (export "run") (param $n i32) (result i32)
    (drop (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 64)))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (i32.add (call $down (i32.add (local.get $n) (i32.const 1))) (i32.const 1))))
;;! --- twin
;;! run: {calls: [{call: run, args: [100]}]}
;;! expect: {outcomes: [completed], values: ["100"]}
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (memory (export "memory") 1)
  (func $down (export "run") (param $n i32) (result i32)
    (drop (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 64)))
    (if (result i32) (i32.eqz (local.get $n))
      (then (i32.const 0))
      (else (i32.add (call $down (i32.sub (local.get $n) (i32.const 1))) (i32.const 1))))))
