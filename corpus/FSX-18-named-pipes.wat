;;! title: Pipes and a device with names in a mount, in every call that could wait for one or change it
;;! threats: [FSX-18]
;;! provenance: denoland/deno special-file tests; WebAssembly/wasi-testsuite, path_open_nonblock
;;! notices: path-resolution (a special file taken for a regular one, or opened before it is looked at)
;;! setting: {directories: {root: {pipe: {fifo: true}, sub/pipe: {fifo: true}, link: {link: pipe}, zero: {link: /dev/zero}}}}
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: directory, at: /data, source: "{dir:root}", writable: true}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "", events: [file-access], effects: []}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $path_unlink (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_link" (func $path_link (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_rename" (func $path_rename (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_set_times" (func $path_set_times (param i32 i32 i32 i32 i64 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $fd_readdir (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; A vector of 256 bytes at 512.
  (data (i32.const 8) "\00\02\00\00\00\01\00\00")
  (data (i32.const 1024) "pipe")
  (data (i32.const 1040) "sub/pipe")
  (data (i32.const 1056) "link")
  (data (i32.const 1072) "pipe/x")
  (data (i32.const 1088) "other")
  (data (i32.const 1104) "zero")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $open (param $path i32) (param $len i32) (param $oflags i32) (param $rights i64) (result i32)
    (call $path_open (i32.const 3) (i32.const 1) (local.get $path) (local.get $len) (local.get $oflags)
      (local.get $rights) (i64.const 0) (i32.const 0) (i32.const 4)))
  (func (export "_start")
    (call $expect (call $path_stat (i32.const 3) (i32.const 0) (i32.const 1024) (i32.const 4) (i32.const 64)) (i32.const 58) (i32.const 1))
    (call $expect (call $open (i32.const 1024) (i32.const 4) (i32.const 0) (i64.const 2)) (i32.const 58) (i32.const 2))
    (call $expect (call $open (i32.const 1024) (i32.const 4) (i32.const 0) (i64.const 66)) (i32.const 58) (i32.const 3))
    (call $expect (call $open (i32.const 1024) (i32.const 4) (i32.const 0) (i64.const 0)) (i32.const 58) (i32.const 4))
    ;; Creating, truncating, both.
    (call $expect (call $open (i32.const 1024) (i32.const 4) (i32.const 1) (i64.const 64)) (i32.const 58) (i32.const 5))
    (call $expect (call $open (i32.const 1024) (i32.const 4) (i32.const 8) (i64.const 64)) (i32.const 58) (i32.const 6))
    (call $expect (call $open (i32.const 1040) (i32.const 8) (i32.const 9) (i64.const 64)) (i32.const 58) (i32.const 7))
    ;; Without blocking.
    (call $expect (call $path_open (i32.const 3) (i32.const 1) (i32.const 1024) (i32.const 4) (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 4) (i32.const 4)) (i32.const 58) (i32.const 8))
    (call $expect (call $open (i32.const 1056) (i32.const 4) (i32.const 0) (i64.const 2)) (i32.const 58) (i32.const 9))
    (call $expect (call $open (i32.const 1072) (i32.const 6) (i32.const 0) (i64.const 2)) (i32.const 58) (i32.const 10))
    (call $expect (call $open (i32.const 1104) (i32.const 4) (i32.const 0) (i64.const 2)) (i32.const 63) (i32.const 11))
    (call $expect (call $path_set_times (i32.const 3) (i32.const 0) (i32.const 1024) (i32.const 4) (i64.const 0) (i64.const 0) (i32.const 5)) (i32.const 58) (i32.const 12))
    (call $expect (call $path_link (i32.const 3) (i32.const 0) (i32.const 1024) (i32.const 4) (i32.const 3) (i32.const 1088) (i32.const 5)) (i32.const 58) (i32.const 13))
    (call $expect (call $path_rename (i32.const 3) (i32.const 1024) (i32.const 4) (i32.const 3) (i32.const 1088) (i32.const 5)) (i32.const 58) (i32.const 14))
    (call $expect (call $path_unlink (i32.const 3) (i32.const 1024) (i32.const 4)) (i32.const 58) (i32.const 15))
    ;; A listing has ".", "..", the two links and the directory, and no pipe: 24 bytes each, and the names.
    (call $expect (call $fd_readdir (i32.const 3) (i32.const 512) (i32.const 512) (i64.const 0) (i32.const 20)) (i32.const 0) (i32.const 16))
    (call $expect (i32.load (i32.const 20)) (i32.const 134) (i32.const 17))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! setting: {directories: {root: {in.txt: inside, link: {link: in.txt}}}}
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: directory, at: /data, source: "{dir:root}", writable: true}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: inside, effects: [root/other created]}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_rename" (func $path_rename (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; A vector of 256 bytes at 512.
  (data (i32.const 8) "\00\02\00\00\00\01\00\00")
  (data (i32.const 1024) "link")
  (data (i32.const 1040) "new")
  (data (i32.const 1056) "other")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $open (param $path i32) (param $len i32) (param $oflags i32) (param $rights i64) (result i32)
    (call $path_open (i32.const 3) (i32.const 1) (local.get $path) (local.get $len) (local.get $oflags)
      (local.get $rights) (i64.const 0) (i32.const 0) (i32.const 4)))
  ;; Writes all that is in the file that was opened to standard output.
  (func $tell
    (loop $more
      (i32.store (i32.const 12) (i32.const 256))
      (i32.store (i32.const 16) (i32.const 0))
      (drop (call $fd_read (i32.load (i32.const 4)) (i32.const 8) (i32.const 1) (i32.const 16)))
      (i32.store (i32.const 12) (i32.load (i32.const 16)))
      (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 20)))
      (br_if $more (i32.load (i32.const 16)))))
  (func (export "_start")
    (call $expect (call $open (i32.const 1024) (i32.const 4) (i32.const 0) (i64.const 2)) (i32.const 0) (i32.const 1))
    (call $tell)
    (call $expect (call $open (i32.const 1040) (i32.const 3) (i32.const 1) (i64.const 66)) (i32.const 0) (i32.const 2))
    (call $expect (call $path_rename (i32.const 3) (i32.const 1040) (i32.const 3) (i32.const 3) (i32.const 1056) (i32.const 5)) (i32.const 0) (i32.const 3))
    (call $proc_exit (i32.const 0))))
