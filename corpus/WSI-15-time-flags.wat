;;! title: Times that are to be "this" and "now" at once, unknown flags, and the ends of the range
;;! threats: [WSI-15, MEM-26]
;;! provenance: nodejs/uvwasi#242; uvwasi test-fstflags-validate.c; wasmtime test p1_stat_extreme_host_mtime
;;! notices: abi-table (contradicting flags, of which one wins)
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: memory, at: /data}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_times" (func $fd_times (param i32 i64 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_set_times" (func $path_times (param i32 i32 i32 i32 i64 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_get" (func $fd_filestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "f")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  ;; The times of the file are these.
  (func $are (param $accessed i64) (param $modified i64) (param $code i32)
    (call $expect (call $fd_filestat_get (i32.const 4) (i32.const 64)) (i32.const 0) (local.get $code))
    (if (i64.ne (i64.load (i32.const 104)) (local.get $accessed)) (then (call $proc_exit (local.get $code))))
    (if (i64.ne (i64.load (i32.const 112)) (local.get $modified)) (then (call $proc_exit (local.get $code)))))
  ;; Refused with "invalid", by handle and by path.
  (func $refused (param $flags i32) (param $code i32)
    (call $expect (call $fd_times (i32.const 4) (i64.const 99) (i64.const 99) (local.get $flags)) (i32.const 28) (local.get $code))
    (call $expect (call $path_times (i32.const 3) (i32.const 1) (i32.const 16) (i32.const 1) (i64.const 99) (i64.const 99) (local.get $flags))
      (i32.const 28) (local.get $code)))
  (func (export "_start")
    (call $expect (call $path_open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 1)
      (i64.const 0xa00042) (i64.const 0) (i32.const 0) (i32.const 48)) (i32.const 0) (i32.const 1))
    (call $expect (call $fd_times (i32.const 4) (i64.const 5) (i64.const 7) (i32.const 5)) (i32.const 0) (i32.const 2))
    (call $are (i64.const 5) (i64.const 7) (i32.const 3))
    (call $refused (i32.const 3) (i32.const 4))
    (call $refused (i32.const 12) (i32.const 5))
    (call $refused (i32.const 15) (i32.const 6))
    (call $refused (i32.const 7) (i32.const 7))
    (call $refused (i32.const 16) (i32.const 8))
    (call $refused (i32.const 0x10001) (i32.const 9))
    (call $refused (i32.const -1) (i32.const 10))
    (call $are (i64.const 5) (i64.const 7) (i32.const 11))
    ;; The ends of the range come back as they went in.
    (call $expect (call $fd_times (i32.const 4) (i64.const -1) (i64.const 0x8000000000000000) (i32.const 5)) (i32.const 0) (i32.const 12))
    (call $are (i64.const -1) (i64.const 0x8000000000000000) (i32.const 13))
    (call $expect (call $fd_times (i32.const 4) (i64.const 0) (i64.const 0x20000000000001) (i32.const 5)) (i32.const 0) (i32.const 14))
    (call $are (i64.const 0) (i64.const 0x20000000000001) (i32.const 15))
    ;; No flag, no change.
    (call $expect (call $fd_times (i32.const 4) (i64.const 1) (i64.const 1) (i32.const 0)) (i32.const 0) (i32.const 16))
    (call $are (i64.const 0) (i64.const 0x20000000000001) (i32.const 17))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_times" (func $fd_times (param i32 i64 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_set_times" (func $path_times (param i32 i32 i32 i32 i64 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "f")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $path_open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 1)
      (i64.const 0x800042) (i64.const 0) (i32.const 0) (i32.const 48)) (i32.const 0) (i32.const 1))
    (call $expect (call $fd_times (i32.const 4) (i64.const 5) (i64.const 7) (i32.const 9)) (i32.const 0) (i32.const 2))
    (call $expect (call $path_times (i32.const 3) (i32.const 1) (i32.const 16) (i32.const 1) (i64.const 5) (i64.const 7) (i32.const 6))
      (i32.const 0) (i32.const 3))
    (call $proc_exit (i32.const 0))))
