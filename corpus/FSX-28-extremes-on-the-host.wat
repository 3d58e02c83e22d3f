;;! title: Offsets, sizes and times that the host's own calls could not take
;;! threats: [FSX-28]
;;! provenance: nodejs/uvwasi issues 254 and 258; bytecodealliance/wasmtime, p1_stat_extreme_host_mtime
;;! notices: virtual-filesystem (a number handed to a function of the host that throws, or rounds it)
;;! setting: {directories: {root: {f: text}}}
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: directory, at: /data, source: "{dir:root}", writable: true}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, effects: []}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pread" (func $fd_pread (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pwrite" (func $fd_pwrite (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_get" (func $fd_stat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $fd_set_size (param i32 i64) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_times" (func $fd_set_times (param i32 i64 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_set_times" (func $path_set_times (param i32 i32 i32 i32 i64 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_allocate" (func $fd_allocate (param i32 i64 i64) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; The text as a vector, and 256 bytes at 512.
  (data (i32.const 24) "\10\04\00\00\04\00\00\00")
  ;; A vector of 256 bytes at 512.
  (data (i32.const 8) "\00\02\00\00\00\01\00\00")
  (data (i32.const 1024) "f")
  (data (i32.const 1040) "text")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $expect64 (param $got i64) (param $want i64) (param $code i32)
    (if (i64.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $open (param $path i32) (param $len i32) (param $oflags i32) (param $rights i64) (result i32)
    (call $path_open (i32.const 3) (i32.const 1) (local.get $path) (local.get $len) (local.get $oflags)
      (local.get $rights) (i64.const 0) (i32.const 0) (i32.const 4)))
  (func (export "_start")
    (call $expect (call $open (i32.const 1024) (i32.const 1) (i32.const 0) (i64.const -1)) (i32.const 0) (i32.const 1))
    ;; Numbers that no double holds, where the host's own calls take doubles.
    (call $expect (call $fd_pwrite (i32.const 4) (i32.const 24) (i32.const 1) (i64.const -1) (i32.const 20)) (i32.const 28) (i32.const 2))
    (call $expect (call $fd_pwrite (i32.const 4) (i32.const 24) (i32.const 1) (i64.const 0x7fffffffffffffff) (i32.const 20)) (i32.const 22) (i32.const 3))
    (call $expect (call $fd_pwrite (i32.const 4) (i32.const 24) (i32.const 1) (i64.const 0x20000000000001) (i32.const 20)) (i32.const 22) (i32.const 4))
    (call $expect (call $fd_set_size (i32.const 4) (i64.const 0x7fffffffffffffff)) (i32.const 22) (i32.const 5))
    (call $expect (call $fd_set_size (i32.const 4) (i64.const 0x20000000000001)) (i32.const 22) (i32.const 6))
    (call $expect (call $fd_set_size (i32.const 4) (i64.const 0x100000001)) (i32.const 19) (i32.const 7))
    (call $expect (call $fd_pwrite (i32.const 4) (i32.const 24) (i32.const 1) (i64.const 0x100000000) (i32.const 20)) (i32.const 19) (i32.const 8))
    (call $expect (call $fd_allocate (i32.const 4) (i64.const 0x20000000000001) (i64.const 1)) (i32.const 22) (i32.const 9))
    (call $expect (call $fd_allocate (i32.const 4) (i64.const 0x100000000) (i64.const 8)) (i32.const 19) (i32.const 10))
    (call $expect (call $fd_pread (i32.const 4) (i32.const 8) (i32.const 1) (i64.const 0x7fffffffffffffff) (i32.const 20)) (i32.const 0) (i32.const 11))
    (call $expect (i32.load (i32.const 20)) (i32.const 0) (i32.const 12))
    ;; Times later than any file system has.
    (call $expect (call $fd_set_times (i32.const 4) (i64.const -1) (i64.const 0) (i32.const 1)) (i32.const 28) (i32.const 13))
    (call $expect (call $path_set_times (i32.const 3) (i32.const 0) (i32.const 1024) (i32.const 1) (i64.const 0) (i64.const 15000000000000000001) (i32.const 4)) (i32.const 28) (i32.const 14))
    (call $expect (call $fd_stat (i32.const 4) (i32.const 64)) (i32.const 0) (i32.const 15))
    (call $expect64 (i64.load (i32.const 96)) (i64.const 4) (i32.const 16))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! setting: {directories: {root: {}}}
;;! expect: {outcomes: [exited], exitCode: 0, effects: [root/f created]}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pwrite" (func $fd_pwrite (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek" (func $fd_seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_get" (func $fd_stat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $fd_set_size (param i32 i64) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_times" (func $fd_set_times (param i32 i64 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_allocate" (func $fd_allocate (param i32 i64 i64) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; The text as a vector, and 256 bytes at 512.
  (data (i32.const 24) "\10\04\00\00\04\00\00\00")
  ;; A vector of 256 bytes at 512.
  (data (i32.const 8) "\00\02\00\00\00\01\00\00")
  (data (i32.const 1024) "f")
  (data (i32.const 1040) "text")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $expect64 (param $got i64) (param $want i64) (param $code i32)
    (if (i64.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $open (param $path i32) (param $len i32) (param $oflags i32) (param $rights i64) (result i32)
    (call $path_open (i32.const 3) (i32.const 1) (local.get $path) (local.get $len) (local.get $oflags)
      (local.get $rights) (i64.const 0) (i32.const 0) (i32.const 4)))
  (func (export "_start")
    (call $expect (call $open (i32.const 1024) (i32.const 1) (i32.const 1) (i64.const -1)) (i32.const 0) (i32.const 1))
    (call $expect (call $fd_pwrite (i32.const 4) (i32.const 24) (i32.const 1) (i64.const 65536) (i32.const 20)) (i32.const 0) (i32.const 2))
    (call $expect (call $fd_seek (i32.const 4) (i64.const -4) (i32.const 2) (i32.const 64)) (i32.const 0) (i32.const 3))
    (call $expect64 (i64.load (i32.const 64)) (i64.const 65536) (i32.const 4))
    (call $expect (call $fd_allocate (i32.const 4) (i64.const 65536) (i64.const 8)) (i32.const 0) (i32.const 5))
    (call $expect (call $fd_set_size (i32.const 4) (i64.const 65540)) (i32.const 0) (i32.const 6))
    (call $expect (call $fd_set_times (i32.const 4) (i64.const 1000000000) (i64.const 2000000000) (i32.const 5)) (i32.const 0) (i32.const 7))
    (call $expect (call $fd_stat (i32.const 4) (i32.const 64)) (i32.const 0) (i32.const 8))
    (call $expect64 (i64.load (i32.const 96)) (i64.const 65540) (i32.const 9))
    (call $expect64 (i64.load (i32.const 104)) (i64.const 1000000000) (i32.const 10))
    (call $expect64 (i64.load (i32.const 112)) (i64.const 2000000000) (i32.const 11))
    (call $proc_exit (i32.const 0))))
