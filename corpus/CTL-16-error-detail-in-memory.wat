;;! title: Every error provoked, then the whole memory written out in search of what the host left there
;;! threats: [CTL-16, MEM-20]
;;! provenance: CVE-2026-48615 (credentials in error text), GHSA-v27g-jcqj-v8rw (host frames)
;;! notices: host-call-gate (error text copied to the guest) or text-neutralisation
;;! run: {limits: {outputBytes: 262144}}
;;! expect: {outcomes: [exited], exitCode: 0, forbidden: ["node:", "file://", ".ts:", ".js:", "Error", "    at "]}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek" (func $fd_seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $fd_fdstat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $fd_write (i32.const 99) (i32.const 0) (i32.const 1) (i32.const 8)))
    (drop (call $fd_write (i32.const 1) (i32.const -8) (i32.const 1) (i32.const 8)))
    (drop (call $fd_read (i32.const 7) (i32.const 0) (i32.const 1) (i32.const 8)))
    (drop (call $fd_seek (i32.const 1) (i64.const -1) (i32.const 9) (i32.const 8)))
    (drop (call $fd_fdstat_get (i32.const 1) (i32.const -1)))
    (drop (call $fd_close (i32.const -1)))
    (drop (call $random_get (i32.const -1) (i32.const -1)))
    (drop (call $clock_time_get (i32.const 77) (i64.const -1) (i32.const 8)))
    (i32.store (i32.const 0) (i32.const 0))
    (i32.store (i32.const 4) (i32.const 65536))
    (call $proc_exit (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "abc"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\03\00\00\00")
  (data (i32.const 16) "abc")
  (func (export "_start")
    (call $proc_exit (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
