;;! title: More rights asked for than a directory can pass on, and rights asked for that were given up
;;! threats: [FSX-23]
;;! provenance: WebAssembly/wasi-testsuite, fd_fdstat_set_rights and truncation_rights; WasmEdge, path rights removed from files
;;! notices: mount-rights (what was asked for is kept, instead of what of it could be had)
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: memory, at: /data}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $fd_set_size (param i32 i64) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $fd_fdstat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_set_rights" (func $fd_set_rights (param i32 i64 i64) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; A vector of 256 bytes at 512.
  (data (i32.const 8) "\00\02\00\00\00\01\00\00")
  (data (i32.const 1024) "f")
  (data (i32.const 1040) "d")
  (data (i32.const 1056) "d/g")
  (data (i32.const 1072) ".")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $expect64 (param $got i64) (param $want i64) (param $code i32)
    (if (i64.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $derive (param $fd i32) (param $path i32) (param $len i32) (param $oflags i32) (param $base i64) (param $inheriting i64) (result i32)
    (call $path_open (local.get $fd) (i32.const 0) (local.get $path) (local.get $len) (local.get $oflags)
      (local.get $base) (local.get $inheriting) (i32.const 0) (i32.const 4)))
  ;; Ends the guest unless the descriptor has exactly these rights.
  (func $has (param $fd i32) (param $base i64) (param $inheriting i64) (param $code i32)
    (call $expect (call $fd_fdstat (local.get $fd) (i32.const 64)) (i32.const 0) (local.get $code))
    (call $expect64 (i64.load (i32.const 72)) (local.get $base) (local.get $code))
    (call $expect64 (i64.load (i32.const 80)) (local.get $inheriting) (local.get $code)))
  (func (export "_start")
    ;; fd_read 2, fd_write 0x40, path_create_directory 0x200, path_open 0x2000, path_filestat_get 0x40000.
    (call $expect (call $fd_fdstat (i32.const 3) (i32.const 64)) (i32.const 0) (i32.const 1))
    ;; A file has no right of a directory, and nothing can be opened from it.
    (call $expect (call $derive (i32.const 3) (i32.const 1024) (i32.const 1) (i32.const 1) (i64.const -1) (i64.const -1)) (i32.const 0) (i32.const 2))
    (call $expect (call $fd_fdstat (i32.const 4) (i32.const 64)) (i32.const 0) (i32.const 3))
    (call $expect64 (i64.and (i64.load (i32.const 72)) (i64.const -0x8e00200)) (i64.const 0) (i32.const 4))
    (call $expect64 (i64.load (i32.const 80)) (i64.const 0) (i32.const 5))
    (call $expect (call $derive (i32.const 4) (i32.const 1072) (i32.const 1) (i32.const 0) (i64.const 2) (i64.const 0)) (i32.const 54) (i32.const 6))
    ;; A directory that may open, look and pass on reading: 5.
    (call $expect (call $derive (i32.const 3) (i32.const 1072) (i32.const 1) (i32.const 2) (i64.const 0x42000) (i64.const 0x42002)) (i32.const 0) (i32.const 7))
    (call $has (i32.const 5) (i64.const 0x42000) (i64.const 0x42002) (i32.const 41))
    (call $expect (call $path_mkdir (i32.const 5) (i32.const 1040) (i32.const 1)) (i32.const 76) (i32.const 8))
    (call $expect (call $derive (i32.const 5) (i32.const 1056) (i32.const 3) (i32.const 1) (i64.const -1) (i64.const -1)) (i32.const 76) (i32.const 9))
    ;; What comes out of it can at most be read, whatever is asked for: 6 a file, 7 a directory.
    (call $expect (call $derive (i32.const 5) (i32.const 1024) (i32.const 1) (i32.const 0) (i64.const -1) (i64.const -1)) (i32.const 0) (i32.const 10))
    (call $has (i32.const 6) (i64.const 2) (i64.const 0) (i32.const 42))
    (call $expect (call $fd_write (i32.const 6) (i32.const 8) (i32.const 1) (i32.const 20)) (i32.const 76) (i32.const 11))
    (call $expect (call $fd_set_size (i32.const 6) (i64.const 0)) (i32.const 76) (i32.const 12))
    (call $expect (call $derive (i32.const 5) (i32.const 1072) (i32.const 1) (i32.const 2) (i64.const -1) (i64.const -1)) (i32.const 0) (i32.const 13))
    (call $has (i32.const 7) (i64.const 0x42000) (i64.const 0x42002) (i32.const 43))
    (call $expect (call $path_mkdir (i32.const 7) (i32.const 1040) (i32.const 1)) (i32.const 76) (i32.const 14))
    ;; Nothing that was given up or never there comes back.
    (call $expect (call $fd_set_rights (i32.const 5) (i64.const 0x42200) (i64.const 0x42002)) (i32.const 76) (i32.const 15))
    (call $expect (call $fd_set_rights (i32.const 5) (i64.const 0x42000) (i64.const 0x42042)) (i32.const 76) (i32.const 16))
    (call $expect (call $fd_set_rights (i32.const 5) (i64.const -1) (i64.const -1)) (i32.const 76) (i32.const 17))
    (call $has (i32.const 5) (i64.const 0x42000) (i64.const 0x42002) (i32.const 44))
    (call $expect (call $fd_set_rights (i32.const 4) (i64.const 2) (i64.const 0)) (i32.const 0) (i32.const 18))
    (call $expect (call $fd_set_rights (i32.const 4) (i64.const 0x42) (i64.const 0)) (i32.const 76) (i32.const 19))
    (call $has (i32.const 4) (i64.const 2) (i64.const 0) (i32.const 45))
    (call $expect (call $fd_write (i32.const 4) (i32.const 8) (i32.const 1) (i32.const 20)) (i32.const 76) (i32.const 20))
    (call $expect (call $fd_set_rights (i32.const 5) (i64.const 0x2000) (i64.const 0x2)) (i32.const 0) (i32.const 21))
    (call $expect (call $path_stat (i32.const 5) (i32.const 0) (i32.const 1024) (i32.const 1) (i32.const 64)) (i32.const 76) (i32.const 22))
    (call $expect (call $path_stat (i32.const 3) (i32.const 0) (i32.const 1024) (i32.const 1) (i32.const 64)) (i32.const 0) (i32.const 23))
    (call $expect64 (i64.load (i32.const 96)) (i64.const 0) (i32.const 24))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $fd_fdstat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_set_rights" (func $fd_set_rights (param i32 i64 i64) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; A vector of 256 bytes at 512.
  (data (i32.const 8) "\00\02\00\00\00\01\00\00")
  (data (i32.const 1024) "d")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $expect64 (param $got i64) (param $want i64) (param $code i32)
    (if (i64.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $derive (param $fd i32) (param $path i32) (param $len i32) (param $oflags i32) (param $base i64) (param $inheriting i64) (result i32)
    (call $path_open (local.get $fd) (i32.const 0) (local.get $path) (local.get $len) (local.get $oflags)
      (local.get $base) (local.get $inheriting) (i32.const 0) (i32.const 4)))
  ;; Ends the guest unless the descriptor has exactly these rights.
  (func $has (param $fd i32) (param $base i64) (param $inheriting i64) (param $code i32)
    (call $expect (call $fd_fdstat (local.get $fd) (i32.const 64)) (i32.const 0) (local.get $code))
    (call $expect64 (i64.load (i32.const 72)) (local.get $base) (local.get $code))
    (call $expect64 (i64.load (i32.const 80)) (local.get $inheriting) (local.get $code)))
  (func (export "_start")
    ;; What is asked for and there is given, and giving up is always allowed.
    (call $expect (call $derive (i32.const 3) (i32.const 1024) (i32.const 1) (i32.const 1) (i64.const 66) (i64.const 0)) (i32.const 0) (i32.const 1))
    (call $has (i32.const 4) (i64.const 66) (i64.const 0) (i32.const 40))
    (call $expect (call $fd_write (i32.const 4) (i32.const 8) (i32.const 1) (i32.const 20)) (i32.const 0) (i32.const 2))
    (call $expect (call $fd_set_rights (i32.const 4) (i64.const 2) (i64.const 0)) (i32.const 0) (i32.const 3))
    (call $expect (call $derive (i32.const 3) (i32.const 1024) (i32.const 1) (i32.const 0) (i64.const 2) (i64.const 0)) (i32.const 0) (i32.const 4))
    (call $expect (call $fd_read (i32.const 5) (i32.const 8) (i32.const 1) (i32.const 20)) (i32.const 0) (i32.const 5))
    (call $expect (i32.load (i32.const 20)) (i32.const 256) (i32.const 6))
    (call $proc_exit (i32.const 0))))
