;;! title: A mount that may be changed between two that may not, closed and renumbered
;;! threats: [FSX-22]
;;! provenance: WebAssembly/wasi-testsuite, close_preopen; the rights of overlapping mounts
;;! notices: virtual-filesystem (a mount with the rights of one above or below it)
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: memory, at: /, writable: false}, {kind: memory, at: /data}, {kind: memory, at: /data/deep, writable: false}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_renumber" (func $fd_renumber (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $fd_prestat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 1024) "new")
  (data (i32.const 1040) "data")
  (data (i32.const 1056) "deep")
  (data (i32.const 1072) "data/new")
  (data (i32.const 1088) ".")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  ;; Tries to make a file through this descriptor.
  (func $make (param $fd i32) (param $path i32) (param $len i32) (result i32)
    (call $path_open (local.get $fd) (i32.const 1) (local.get $path) (local.get $len) (i32.const 1)
      (i64.const 66) (i64.const 0) (i32.const 0) (i32.const 4)))
  (func (export "_start")
    ;; "/" and "/data/deep" are to be read only, "/data" between them is not.
    (call $expect (call $make (i32.const 3) (i32.const 1024) (i32.const 3)) (i32.const 69) (i32.const 1))
    (call $expect (call $make (i32.const 5) (i32.const 1024) (i32.const 3)) (i32.const 69) (i32.const 2))
    (call $expect (call $make (i32.const 4) (i32.const 1024) (i32.const 3)) (i32.const 0) (i32.const 3))
    ;; No mount is reached through another one, whatever its name.
    (call $expect (call $path_stat (i32.const 3) (i32.const 0) (i32.const 1040) (i32.const 4) (i32.const 64)) (i32.const 44) (i32.const 4))
    (call $expect (call $make (i32.const 3) (i32.const 1072) (i32.const 8)) (i32.const 44) (i32.const 5))
    (call $expect (call $path_stat (i32.const 4) (i32.const 0) (i32.const 1056) (i32.const 4) (i32.const 64)) (i32.const 44) (i32.const 6))
    (call $expect (call $path_mkdir (i32.const 4) (i32.const 1056) (i32.const 4)) (i32.const 0) (i32.const 7))
    (call $expect (call $make (i32.const 5) (i32.const 1024) (i32.const 3)) (i32.const 69) (i32.const 8))
    ;; Closing the one that may be changed gives its number away and its rights to nobody. The file that was made has 6.
    (call $expect (call $fd_close (i32.const 4)) (i32.const 0) (i32.const 9))
    (call $expect (call $make (i32.const 3) (i32.const 1024) (i32.const 3)) (i32.const 69) (i32.const 10))
    (call $expect (call $make (i32.const 5) (i32.const 1024) (i32.const 3)) (i32.const 69) (i32.const 11))
    (call $expect (call $path_stat (i32.const 3) (i32.const 0) (i32.const 1040) (i32.const 4) (i32.const 64)) (i32.const 44) (i32.const 12))
    (call $expect (call $path_open (i32.const 3) (i32.const 0) (i32.const 1088) (i32.const 1) (i32.const 2) (i64.const -65) (i64.const -1) (i32.const 0) (i32.const 4)) (i32.const 0) (i32.const 13))
    (call $expect (i32.load (i32.const 4)) (i32.const 4) (i32.const 14))
    (call $expect (call $make (i32.const 4) (i32.const 1024) (i32.const 3)) (i32.const 69) (i32.const 15))
    ;; It is a directory now, and no mount.
    (call $expect (call $fd_prestat (i32.const 4) (i32.const 64)) (i32.const 8) (i32.const 16))
    ;; One mount in the place of another keeps what it was.
    (call $expect (call $fd_renumber (i32.const 3) (i32.const 5)) (i32.const 0) (i32.const 17))
    (call $expect (call $fd_prestat (i32.const 3) (i32.const 64)) (i32.const 8) (i32.const 18))
    (call $expect (call $fd_prestat (i32.const 5) (i32.const 64)) (i32.const 0) (i32.const 19))
    (call $expect (i32.load (i32.const 68)) (i32.const 1) (i32.const 20))
    (call $expect (call $make (i32.const 5) (i32.const 1024) (i32.const 3)) (i32.const 69) (i32.const 21))
    (call $expect (call $path_stat (i32.const 5) (i32.const 0) (i32.const 1024) (i32.const 3) (i32.const 64)) (i32.const 44) (i32.const 22))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_renumber" (func $fd_renumber (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $fd_prestat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 1024) "new")
  (data (i32.const 1040) "other")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  ;; Tries to make a file through this descriptor.
  (func $make (param $fd i32) (param $path i32) (param $len i32) (result i32)
    (call $path_open (local.get $fd) (i32.const 1) (local.get $path) (local.get $len) (i32.const 1)
      (i64.const 66) (i64.const 0) (i32.const 0) (i32.const 4)))
  (func (export "_start")
    (call $expect (call $fd_prestat (i32.const 3) (i32.const 64)) (i32.const 0) (i32.const 1))
    (call $expect (i32.load (i32.const 68)) (i32.const 1) (i32.const 2))
    (call $expect (call $fd_prestat (i32.const 4) (i32.const 64)) (i32.const 0) (i32.const 3))
    (call $expect (i32.load (i32.const 68)) (i32.const 5) (i32.const 4))
    (call $expect (call $make (i32.const 4) (i32.const 1024) (i32.const 3)) (i32.const 0) (i32.const 5))
    (call $expect (call $fd_renumber (i32.const 4) (i32.const 3)) (i32.const 0) (i32.const 6))
    (call $expect (call $make (i32.const 3) (i32.const 1040) (i32.const 5)) (i32.const 0) (i32.const 7))
    (call $expect (call $path_stat (i32.const 3) (i32.const 0) (i32.const 1024) (i32.const 3) (i32.const 64)) (i32.const 0) (i32.const 8))
    (call $proc_exit (i32.const 0))))
