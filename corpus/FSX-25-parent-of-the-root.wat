;;! title: What a directory of the host says of the directory above it
;;! threats: [FSX-25]
;;! provenance: WebAssembly/wasi-testsuite, fd_readdir; the inode of ".." in listings
;;! notices: virtual-filesystem (the entry ".." as the system gives it)
;;! setting: {directories: {root: {sub/in.txt: inside}, outside: {secret.txt: "{secret}"}}}
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: directory, at: /data, source: "{dir:root}"}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, effects: []}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_get" (func $fd_stat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $fd_readdir (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 1024) "sub")
  (data (i32.const 1040) ".")
  (data (i32.const 1056) "sub/..")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $expect64 (param $got i64) (param $want i64) (param $code i32)
    (if (i64.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  ;; Lists a directory at 2048, and gives the inode of its "..": the second entry.
  (func $above (param $fd i32) (param $code i32) (result i64)
    (call $expect (call $fd_readdir (local.get $fd) (i32.const 2048) (i32.const 4096) (i64.const 0) (i32.const 20)) (i32.const 0) (local.get $code))
    (call $expect (i32.load16_u (i32.const 2097)) (i32.const 0x2e2e) (local.get $code))
    (i64.load (i32.const 2081)))
  (func (export "_start") (local $root i64)
    (call $expect (call $fd_stat (i32.const 3) (i32.const 64)) (i32.const 0) (i32.const 1))
    (local.set $root (i64.load (i32.const 72)))
    ;; ".", ".." and the directory; of what lies beside and above the mount nothing, and its parent is itself.
    (call $expect64 (call $above (i32.const 3) (i32.const 20)) (local.get $root) (i32.const 21))
    (call $expect (i32.load (i32.const 20)) (i32.const 78) (i32.const 2))
    ;; By other ways to it too.
    (call $expect (call $path_open (i32.const 3) (i32.const 0) (i32.const 1040) (i32.const 1) (i32.const 2) (i64.const -65) (i64.const -1) (i32.const 0) (i32.const 4)) (i32.const 0) (i32.const 3))
    (call $expect64 (call $above (i32.load (i32.const 4)) (i32.const 22)) (local.get $root) (i32.const 23))
    (call $expect (call $path_open (i32.const 3) (i32.const 0) (i32.const 1056) (i32.const 6) (i32.const 2) (i64.const -65) (i64.const -1) (i32.const 0) (i32.const 4)) (i32.const 0) (i32.const 4))
    (call $expect64 (call $above (i32.load (i32.const 4)) (i32.const 24)) (local.get $root) (i32.const 25))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! setting: {directories: {root: {sub/i: inside}, outside: {secret.txt: "{secret}"}}}
;;! expect: {outcomes: [exited], exitCode: 0, effects: []}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_get" (func $fd_stat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $fd_readdir (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 1024) "sub")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $expect64 (param $got i64) (param $want i64) (param $code i32)
    (if (i64.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  ;; Lists a directory at 2048, and gives the inode of its "..": the second entry.
  (func $above (param $fd i32) (param $code i32) (result i64)
    (call $expect (call $fd_readdir (local.get $fd) (i32.const 2048) (i32.const 4096) (i64.const 0) (i32.const 20)) (i32.const 0) (local.get $code))
    (call $expect (i32.load16_u (i32.const 2097)) (i32.const 0x2e2e) (local.get $code))
    (i64.load (i32.const 2081)))
  (func (export "_start") (local $root i64)
    (call $expect (call $fd_stat (i32.const 3) (i32.const 64)) (i32.const 0) (i32.const 1))
    (local.set $root (i64.load (i32.const 72)))
    (call $expect (call $path_open (i32.const 3) (i32.const 0) (i32.const 1024) (i32.const 3) (i32.const 2) (i64.const -65) (i64.const -1) (i32.const 0) (i32.const 4)) (i32.const 0) (i32.const 2))
    (call $expect64 (call $above (i32.load (i32.const 4)) (i32.const 20)) (local.get $root) (i32.const 21))
    (call $expect (i32.load (i32.const 20)) (i32.const 76) (i32.const 3))
    (call $proc_exit (i32.const 0))))
