;;! title: Directories closed and removed before what came out of them
;;! threats: [WSI-16]
;;! provenance: wasmtime tests p2_pollable_traps, p2_stream_pollable_traps
;;! notices: handle-table (a closed parent still serves); virtual-filesystem (a removed directory takes new entries)
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: memory, at: /data}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_remove_directory" (func $path_rmdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $path_unlink (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $fd_readdir (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\05\00\00\00")
  (data (i32.const 16) "d/f")
  (data (i32.const 32) "bytes")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $open (param $in i32) (param $name i32) (param $length i32) (param $flags i32) (param $rights i64) (result i32)
    (call $path_open (local.get $in) (i32.const 0) (local.get $name) (local.get $length) (local.get $flags)
      (local.get $rights) (i64.const 0x6642) (i32.const 0) (i32.const 48)))
  (func (export "_start")
    (call $expect (call $path_mkdir (i32.const 3) (i32.const 16) (i32.const 1)) (i32.const 0) (i32.const 1))
    (call $expect (call $open (i32.const 3) (i32.const 16) (i32.const 1) (i32.const 2) (i64.const 0x6600)) (i32.const 0) (i32.const 2))
    (call $expect (call $open (i32.const 4) (i32.const 18) (i32.const 1) (i32.const 1) (i64.const 0x42)) (i32.const 0) (i32.const 3))
    ;; The parent is closed: it serves no more, and its child does.
    (call $expect (call $fd_close (i32.const 4)) (i32.const 0) (i32.const 4))
    (call $expect (call $open (i32.const 4) (i32.const 18) (i32.const 1) (i32.const 0) (i64.const 0x42)) (i32.const 8) (i32.const 5))
    (call $expect (call $fd_readdir (i32.const 4) (i32.const 512) (i32.const 64) (i64.const 0) (i32.const 56)) (i32.const 8) (i32.const 6))
    (call $expect (call $fd_write (i32.const 5) (i32.const 0) (i32.const 1) (i32.const 56)) (i32.const 0) (i32.const 7))
    (call $expect (call $fd_close (i32.const 4)) (i32.const 8) (i32.const 8))
    ;; The parent is removed while it and its child are open: nothing new comes to be in it, and the child still serves.
    (call $expect (call $open (i32.const 3) (i32.const 16) (i32.const 1) (i32.const 2) (i64.const 0x6600)) (i32.const 0) (i32.const 9))
    (call $expect (call $path_unlink (i32.const 3) (i32.const 16) (i32.const 3)) (i32.const 0) (i32.const 10))
    (call $expect (call $path_rmdir (i32.const 3) (i32.const 16) (i32.const 1)) (i32.const 0) (i32.const 11))
    (call $expect (call $open (i32.const 4) (i32.const 18) (i32.const 1) (i32.const 1) (i64.const 0x42)) (i32.const 44) (i32.const 12))
    (call $expect (call $path_mkdir (i32.const 4) (i32.const 18) (i32.const 1)) (i32.const 44) (i32.const 13))
    (call $expect (call $fd_write (i32.const 5) (i32.const 0) (i32.const 1) (i32.const 56)) (i32.const 0) (i32.const 14))
    (call $expect (call $fd_close (i32.const 5)) (i32.const 0) (i32.const 15))
    (call $expect (call $fd_close (i32.const 5)) (i32.const 8) (i32.const 16))
    (call $expect (call $fd_close (i32.const 4)) (i32.const 0) (i32.const 17))
    ;; The mount itself.
    (call $expect (call $fd_close (i32.const 3)) (i32.const 0) (i32.const 18))
    (call $expect (call $path_mkdir (i32.const 3) (i32.const 16) (i32.const 1)) (i32.const 8) (i32.const 19))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\05\00\00\00")
  (data (i32.const 16) "d/f")
  (data (i32.const 32) "bytes")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $path_mkdir (i32.const 3) (i32.const 16) (i32.const 1)) (i32.const 0) (i32.const 1))
    (call $expect (call $path_open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 3) (i32.const 1)
      (i64.const 0x42) (i64.const 0) (i32.const 0) (i32.const 48)) (i32.const 0) (i32.const 2))
    (call $expect (call $fd_write (i32.const 4) (i32.const 0) (i32.const 1) (i32.const 56)) (i32.const 0) (i32.const 3))
    (call $expect (call $fd_close (i32.const 4)) (i32.const 0) (i32.const 4))
    (call $proc_exit (call $fd_close (i32.const 3)))))
