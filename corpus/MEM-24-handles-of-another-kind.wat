;;! title: A stream as a key, a directory as a file, a file as a socket, and a number that was another thing before
;;! threats: [MEM-24]
;;! provenance: GHSA-hgjw-h833-99q9; wasmtime#7883 and PR 7902
;;! notices: handle-table (kind of a handle not looked at)
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: memory, at: /data}]}, crypto: {keys: []}}}}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "still here\n", audit: []}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek" (func $fd_seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $fd_readdir (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_get" (func $fd_filestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_recv" (func $sock_recv (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "crypto_sign" (func $crypto_sign (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "crypto_verify" (func $crypto_verify (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "crypto_close" (func $crypto_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\0b\00\00\00")
  (data (i32.const 16) "fd")
  (data (i32.const 32) "still here\n")
  (data (i32.const 64) ".")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start") (local $fd i32)
    ;; Standard output and a directory as keys.
    (call $expect (call $crypto_sign (i32.const 1) (i32.const 32) (i32.const 4) (i32.const 512) (i32.const 64) (i32.const 56)) (i32.const 8) (i32.const 1))
    (call $expect (call $crypto_close (i32.const 3)) (i32.const 8) (i32.const 2))
    (call $expect (call $crypto_close (i32.const 1)) (i32.const 8) (i32.const 3))
    ;; A directory as a file, a file as a directory and as a socket.
    (call $expect (call $fd_read (i32.const 3) (i32.const 0) (i32.const 1) (i32.const 56)) (i32.const 31) (i32.const 4))
    (call $expect (call $fd_seek (i32.const 3) (i64.const 0) (i32.const 0) (i32.const 56)) (i32.const 31) (i32.const 5))
    (call $expect (call $path_open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 1)
      (i64.const 0x46) (i64.const 0) (i32.const 0) (i32.const 48)) (i32.const 0) (i32.const 6))
    (call $expect (call $fd_readdir (i32.const 4) (i32.const 512) (i32.const 64) (i64.const 0) (i32.const 56)) (i32.const 54) (i32.const 7))
    (call $expect (call $path_open (i32.const 4) (i32.const 0) (i32.const 17) (i32.const 1) (i32.const 1)
      (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 48)) (i32.const 54) (i32.const 8))
    (call $expect (call $sock_recv (i32.const 4) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 56) (i32.const 60)) (i32.const 57) (i32.const 9))
    ;; The number of the file, given to a directory: no seeking in it any more.
    (call $expect (call $fd_close (i32.const 4)) (i32.const 0) (i32.const 10))
    (call $expect (call $path_open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 2)
      (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 48)) (i32.const 0) (i32.const 11))
    (call $expect (i32.load (i32.const 48)) (i32.const 4) (i32.const 12))
    (call $expect (call $fd_seek (i32.const 4) (i64.const 0) (i32.const 0) (i32.const 56)) (i32.const 31) (i32.const 13))
    (call $expect (call $fd_write (i32.const 4) (i32.const 0) (i32.const 1) (i32.const 56)) (i32.const 31) (i32.const 14))
    (call $expect (call $fd_close (i32.const 4)) (i32.const 0) (i32.const 15))
    ;; Numbers that were never given.
    (local.set $fd (i32.const 4))
    (loop $next
      (call $expect (call $fd_filestat_get (local.get $fd) (i32.const 128)) (i32.const 8) (i32.const 16))
      (call $expect (call $crypto_close (local.get $fd)) (i32.const 8) (i32.const 17))
      (local.set $fd (i32.add (local.get $fd) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $fd) (i32.const 300))))
    (call $expect (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 56)) (i32.const 0) (i32.const 18))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0, audit: []}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek" (func $fd_seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $fd_readdir (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\0b\00\00\00")
  (data (i32.const 16) "f")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $path_open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 1)
      (i64.const 0x46) (i64.const 0) (i32.const 0) (i32.const 48)) (i32.const 0) (i32.const 1))
    (call $expect (call $fd_write (i32.const 4) (i32.const 0) (i32.const 1) (i32.const 56)) (i32.const 0) (i32.const 2))
    (call $expect (call $fd_seek (i32.const 4) (i64.const 0) (i32.const 0) (i32.const 56)) (i32.const 0) (i32.const 3))
    (call $proc_exit (call $fd_readdir (i32.const 3) (i32.const 512) (i32.const 64) (i64.const 0) (i32.const 56)))))
