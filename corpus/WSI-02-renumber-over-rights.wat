;;! title: A directory with few rights is put where one with all of them was, and a file where standard output was
;;! threats: [WSI-02]
;;! provenance: wasi-testsuite overwrite_preopen and renumber
;;! notices: handle-table (rights kept by number and not with what they are for)
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: memory, at: /narrow}, {kind: memory, at: /wide}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: ""}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_renumber" (func $fd_renumber (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $fd_prestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_set_rights" (func $fd_fdstat_set_rights (param i32 i64 i64) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_get" (func $fd_filestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\08\00\00\00")
  (data (i32.const 16) "x")
  (data (i32.const 32) "SURVIVED")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    ;; A file of the wide directory takes the place of standard output: what is written there is in the file, and nowhere else.
    (call $expect (call $path_open (i32.const 4) (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 1)
      (i64.const 0x200042) (i64.const 0) (i32.const 0) (i32.const 48)) (i32.const 0) (i32.const 1))
    (call $expect (call $fd_renumber (i32.load (i32.const 48)) (i32.const 1)) (i32.const 0) (i32.const 2))
    (call $expect (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 56)) (i32.const 0) (i32.const 3))
    (call $expect (call $fd_filestat_get (i32.const 1) (i32.const 64)) (i32.const 0) (i32.const 4))
    (call $expect (i32.load (i32.const 96)) (i32.const 8) (i32.const 5))
    (call $expect (call $fd_close (i32.const 1)) (i32.const 0) (i32.const 6))
    (call $expect (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 56)) (i32.const 8) (i32.const 7))
    ;; All that is left of the narrow directory's rights: to open, for reading. Then it becomes number 4.
    (call $expect (call $fd_fdstat_set_rights (i32.const 3) (i64.const 0x2000) (i64.const 2)) (i32.const 0) (i32.const 8))
    (call $expect (call $fd_renumber (i32.const 3) (i32.const 4)) (i32.const 0) (i32.const 9))
    (call $expect (call $path_mkdir (i32.const 4) (i32.const 16) (i32.const 1)) (i32.const 76) (i32.const 10))
    (call $expect (call $path_open (i32.const 4) (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 1)
      (i64.const 0x42) (i64.const 0) (i32.const 0) (i32.const 48)) (i32.const 76) (i32.const 11))
    (call $expect (call $fd_fdstat_set_rights (i32.const 4) (i64.const 0x2200) (i64.const 2)) (i32.const 76) (i32.const 12))
    (call $expect (call $path_mkdir (i32.const 3) (i32.const 16) (i32.const 1)) (i32.const 8) (i32.const 13))
    ;; It is the narrow one by its path too, and does not hold the file of the other.
    (call $expect (call $fd_prestat_get (i32.const 4) (i32.const 128)) (i32.const 0) (i32.const 14))
    (call $expect (i32.load (i32.const 132)) (i32.const 7) (i32.const 15))
    (call $expect (call $path_open (i32.const 4) (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 0)
      (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 48)) (i32.const 44) (i32.const 16))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "moved\n"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_renumber" (func $fd_renumber (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\06\00\00\00")
  (data (i32.const 16) "x")
  (data (i32.const 32) "moved\n")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $fd_renumber (i32.const 3) (i32.const 4)) (i32.const 0) (i32.const 1))
    (call $expect (call $path_mkdir (i32.const 4) (i32.const 16) (i32.const 1)) (i32.const 0) (i32.const 2))
    (call $expect (call $fd_renumber (i32.const 1) (i32.const 2)) (i32.const 0) (i32.const 3))
    (call $proc_exit (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 56)))))
