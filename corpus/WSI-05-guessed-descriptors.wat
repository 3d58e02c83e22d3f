;;! title: All descriptor numbers tried, in search of the host's own files and sockets
;;! threats: [WSI-05]
;;! provenance: CWE-403; uvwasi "support remapping host fds"
;;! notices: handle-table (guest numbers passed to the system)
;;! expect: {outcomes: [exited], exitCode: 0, stdout: ""}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $fd_fdstat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_get" (func $fd_filestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $fd_prestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\01\00\00\00")
  (data (i32.const 16) "X")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $closed (param $fd i32)
    (call $expect (call $fd_fdstat_get (local.get $fd) (i32.const 128)) (i32.const 8) (i32.const 1))
    (call $expect (call $fd_filestat_get (local.get $fd) (i32.const 128)) (i32.const 8) (i32.const 2))
    (call $expect (call $fd_prestat_get (local.get $fd) (i32.const 128)) (i32.const 8) (i32.const 3))
    (call $expect (call $fd_read (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 64)) (i32.const 8) (i32.const 4))
    (call $expect (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 64)) (i32.const 8) (i32.const 5))
    (call $expect (call $fd_close (local.get $fd)) (i32.const 8) (i32.const 6)))
  (func (export "_start") (local $fd i32)
    (local.set $fd (i32.const 3))
    (loop $next
      (call $closed (local.get $fd))
      (local.set $fd (i32.add (local.get $fd) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $fd) (i32.const 300))))
    (call $closed (i32.const 65535))
    (call $closed (i32.const 0x7fffffff))
    (call $closed (i32.const 0x80000001))
    (call $closed (i32.const -1))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "X"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $fd_fdstat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\01\00\00\00")
  (data (i32.const 16) "X")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $fd_fdstat_get (i32.const 1) (i32.const 128)) (i32.const 0) (i32.const 1))
    (call $proc_exit (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))))
