;;! title: Handles closed twice, their numbers given out again, and waits for what is closed
;;! threats: [WSI-03, MEM-24]
;;! provenance: wasi-testsuite dangling_fd; CVEs of Node's FileHandle
;;! notices: handle-table (a closed number still means what it meant)
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: memory, at: /data}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_get" (func $fd_filestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\05\00\00\00")
  (data (i32.const 16) "ab")
  (data (i32.const 32) "bytes")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $open (param $name i32) (param $fd i32) (param $code i32)
    (call $expect (call $path_open (i32.const 3) (i32.const 0) (local.get $name) (i32.const 1) (i32.const 1)
      (i64.const 0x8200042) (i64.const 0) (i32.const 0) (i32.const 48)) (i32.const 0) (local.get $code))
    (call $expect (i32.load (i32.const 48)) (local.get $fd) (local.get $code)))
  (func $size (param $fd i32) (param $want i32) (param $code i32)
    (call $expect (call $fd_filestat_get (local.get $fd) (i32.const 64)) (i32.const 0) (local.get $code))
    (call $expect (i32.load (i32.const 96)) (local.get $want) (local.get $code)))
  (func (export "_start")
    (call $open (i32.const 16) (i32.const 4) (i32.const 1))
    (call $open (i32.const 16) (i32.const 5) (i32.const 2))
    (call $expect (call $fd_close (i32.const 4)) (i32.const 0) (i32.const 3))
    (call $expect (call $fd_close (i32.const 4)) (i32.const 8) (i32.const 4))
    (call $expect (call $fd_close (i32.const 4)) (i32.const 8) (i32.const 5))
    ;; The other handle of the same file is not touched by it.
    (call $expect (call $fd_write (i32.const 5) (i32.const 0) (i32.const 1) (i32.const 56)) (i32.const 0) (i32.const 6))
    ;; A wait for the closed number ends at once, with its error.
    (i64.store (i32.const 128) (i64.const 7))
    (i32.store8 (i32.const 136) (i32.const 1))
    (i32.store (i32.const 144) (i32.const 4))
    (call $expect (call $poll_oneoff (i32.const 128) (i32.const 256) (i32.const 1) (i32.const 300)) (i32.const 0) (i32.const 7))
    (call $expect (i32.load16_u (i32.const 264)) (i32.const 8) (i32.const 8))
    ;; Given out again the number means the new file, and only that.
    (call $open (i32.const 17) (i32.const 4) (i32.const 9))
    (call $size (i32.const 4) (i32.const 0) (i32.const 10))
    (call $expect (call $fd_write (i32.const 4) (i32.const 0) (i32.const 1) (i32.const 56)) (i32.const 0) (i32.const 11))
    (call $expect (call $fd_write (i32.const 4) (i32.const 0) (i32.const 1) (i32.const 56)) (i32.const 0) (i32.const 12))
    (call $size (i32.const 4) (i32.const 10) (i32.const 13))
    (call $size (i32.const 5) (i32.const 5) (i32.const 14))
    (call $expect (call $fd_close (i32.const 6)) (i32.const 8) (i32.const 15))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\05\00\00\00")
  (data (i32.const 16) "a")
  (data (i32.const 32) "bytes")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $path_open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 1)
      (i64.const 0x42) (i64.const 0) (i32.const 0) (i32.const 48)) (i32.const 0) (i32.const 1))
    (call $expect (call $fd_write (i32.load (i32.const 48)) (i32.const 0) (i32.const 1) (i32.const 56)) (i32.const 0) (i32.const 2))
    (call $proc_exit (call $fd_close (i32.load (i32.const 48))))))
