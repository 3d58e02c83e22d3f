;;! title: A guest that ends in the middle, with twenty files of a live directory and a connection open
;;! threats: [RES-06, CTL-07, WSI-01, CTL-08, MEM-21, HST-11]
;;! provenance: GHSA-3p27-qvp9-27qf (descriptors that nobody closes); GHSA-xjhv-v822-pf94 (teardown in the middle of a call)
;;! notices: teardown-accounting (what is open when the guest ends stays open)
;;! setting: {directories: {root: {there.txt: "x"}}, servers: {api: {responses: []}}}
;;! run:
;;!   policy:
;;!     capabilities:
;;!       fs: {mounts: [{kind: directory, at: /data, source: "{dir:root}"}]}
;;!       net: {tcp: {allow: ["127.0.0.1:{port:api}"]}, addresses: {allow: [loopback]}}
;;!   stdin: "127.0.0.1 {port:api}"
;;! expect: {outcomes: [exited], details: [exited], exitCode: 20, effects: ["api: connection"]}
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "gauntlet_v1" "tcp_connect" (func $tcp_connect (param i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\00\04\00\00\00\04\00\00there.txt")
  (func (export "_start") (local $n i32) (local $at i32) (local $port i32)
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 64)))
    (local.set $at (i32.const 1034))
    (loop $digits
      (local.set $port (i32.add (i32.mul (local.get $port) (i32.const 10)) (i32.sub (i32.load8_u (local.get $at)) (i32.const 48))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $digits (i32.load8_u (local.get $at))))
    (if (call $tcp_connect (i32.const 1024) (i32.const 9) (local.get $port) (i32.const 0) (i32.const 80) (i32.const 72)) (then (call $proc_exit (i32.const 1))))
    (loop $more
      (if (call $path_open (i32.const 3) (i32.const 0) (i32.const 8) (i32.const 9) (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 76))
        (then (call $proc_exit (local.get $n))))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $n) (i32.const 20))))
    (call $proc_exit (local.get $n))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], details: [exited], exitCode: 0, effects: []}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "there.txt")
  (func (export "_start")
    (if (call $path_open (i32.const 3) (i32.const 0) (i32.const 8) (i32.const 9) (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 76))
      (then (call $proc_exit (i32.const 1))))
    (call $proc_exit (call $fd_close (i32.load (i32.const 76))))))
