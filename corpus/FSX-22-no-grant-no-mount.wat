;;! title: A guest that was granted no directory looks for one under every number
;;! threats: [FSX-22]
;;! provenance: CVE-2023-51661 (Wasmer, working directory mounted); bytecodealliance/jco issue 466 and PR 1213 (whole disk by default)
;;! notices: virtual-filesystem (something mounted when nothing was said)
;;! expect: {outcomes: [exited], exitCode: 0, stdout: ""}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $fd_readdir (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $fd_prestat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; A vector of 256 bytes at 512.
  (data (i32.const 8) "\00\02\00\00\00\01\00\00")
  (data (i32.const 1024) "secret.txt")
  (data (i32.const 1040) ".")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  ;; Writes all that is in the file that was opened to standard output.
  (func $tell
    (loop $more
      (i32.store (i32.const 12) (i32.const 256))
      (i32.store (i32.const 16) (i32.const 0))
      (drop (call $fd_read (i32.load (i32.const 4)) (i32.const 8) (i32.const 1) (i32.const 16)))
      (i32.store (i32.const 12) (i32.load (i32.const 16)))
      (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 20)))
      (br_if $more (i32.load (i32.const 16)))))
  (func (export "_start") (local $fd i32) (local $got i32)
    (local.set $fd (i32.const 3))
    (loop $next
      (local.set $got (call $path_open (local.get $fd) (i32.const 1) (i32.const 1024) (i32.const 10) (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 4)))
      (if (i32.eqz (local.get $got)) (then (call $tell)))
      (call $expect (local.get $got) (i32.const 8) (i32.const 1))
      (call $expect (call $fd_prestat (local.get $fd) (i32.const 64)) (i32.const 8) (i32.const 2))
      (call $expect (call $path_stat (local.get $fd) (i32.const 1) (i32.const 1040) (i32.const 1) (i32.const 64)) (i32.const 8) (i32.const 3))
      (call $expect (call $fd_readdir (local.get $fd) (i32.const 512) (i32.const 256) (i64.const 0) (i32.const 20)) (i32.const 8) (i32.const 4))
      (local.set $fd (i32.add (local.get $fd) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $fd) (i32.const 300))))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: memory, at: /data}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $fd_prestat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; A vector of 256 bytes at 512.
  (data (i32.const 8) "\00\02\00\00\00\01\00\00")
  (data (i32.const 1024) "new")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $fd_prestat (i32.const 3) (i32.const 64)) (i32.const 0) (i32.const 1))
    (call $expect (call $fd_prestat (i32.const 4) (i32.const 64)) (i32.const 8) (i32.const 2))
    (call $expect (call $path_open (i32.const 3) (i32.const 1) (i32.const 1024) (i32.const 3) (i32.const 1) (i64.const 66) (i64.const 0) (i32.const 0) (i32.const 4)) (i32.const 0) (i32.const 3))
    (call $proc_exit (i32.const 0))))
