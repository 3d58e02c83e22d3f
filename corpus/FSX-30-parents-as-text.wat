;;! title: Components that a text cancels and a tree does not
;;! threats: [FSX-30, FSX-06]
;;! provenance: bytecodealliance/jco, preview 2 shim; path.resolve and path.normalize in hosts written in JavaScript
;;! notices: path-resolution (".." cancels the name before it)
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: memory, at: /data}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $path_unlink (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_symlink" (func $path_symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 1024) "sub")
  (data (i32.const 1040) "sub/deep")
  (data (i32.const 1056) "x")
  (data (i32.const 1072) "sub/x")
  (data (i32.const 1088) "a")
  (data (i32.const 1104) "a/../x")
  (data (i32.const 1120) "a/../deep/../x")
  (data (i32.const 1136) "sub/deep/c")
  (data (i32.const 1152) "..")
  (data (i32.const 1168) "sub/deep/c/x")
  (data (i32.const 1184) "none/../x")
  (data (i32.const 1200) "x/../x")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $expect64 (param $got i64) (param $want i64) (param $code i32)
    (if (i64.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $open (param $path i32) (param $len i32) (param $oflags i32) (param $rights i64) (result i32)
    (call $path_open (i32.const 3) (i32.const 1) (local.get $path) (local.get $len) (local.get $oflags)
      (local.get $rights) (i64.const 0) (i32.const 0) (i32.const 4)))
  ;; The inode of what a path names.
  (func $inode (param $path i32) (param $len i32) (param $code i32) (result i64)
    (call $expect (call $path_stat (i32.const 3) (i32.const 1) (local.get $path) (local.get $len) (i32.const 64)) (i32.const 0) (local.get $code))
    (i64.load (i32.const 72)))
  (func (export "_start")
    (call $expect (call $path_mkdir (i32.const 3) (i32.const 1024) (i32.const 3)) (i32.const 0) (i32.const 1))
    (call $expect (call $path_mkdir (i32.const 3) (i32.const 1040) (i32.const 8)) (i32.const 0) (i32.const 2))
    (call $expect (call $open (i32.const 1056) (i32.const 1) (i32.const 5) (i64.const 66)) (i32.const 0) (i32.const 3))
    (call $expect (call $open (i32.const 1072) (i32.const 5) (i32.const 5) (i64.const 66)) (i32.const 0) (i32.const 4))
    (call $expect (call $path_symlink (i32.const 1040) (i32.const 8) (i32.const 3) (i32.const 1088) (i32.const 1)) (i32.const 0) (i32.const 5))
    (call $expect (call $path_symlink (i32.const 1152) (i32.const 2) (i32.const 3) (i32.const 1136) (i32.const 10)) (i32.const 0) (i32.const 6))
    ;; All of these are sub/x, whatever their text looks like.
    (call $expect64 (call $inode (i32.const 1104) (i32.const 6) (i32.const 20)) (call $inode (i32.const 1072) (i32.const 5) (i32.const 21)) (i32.const 30))
    (call $expect64 (call $inode (i32.const 1120) (i32.const 14) (i32.const 22)) (call $inode (i32.const 1072) (i32.const 5) (i32.const 23)) (i32.const 31))
    (call $expect64 (call $inode (i32.const 1168) (i32.const 12) (i32.const 24)) (call $inode (i32.const 1072) (i32.const 5) (i32.const 25)) (i32.const 32))
    ;; What is cancelled as text is looked at all the same.
    (call $expect (call $path_stat (i32.const 3) (i32.const 1) (i32.const 1184) (i32.const 9) (i32.const 64)) (i32.const 44) (i32.const 7))
    (call $expect (call $path_stat (i32.const 3) (i32.const 1) (i32.const 1200) (i32.const 6) (i32.const 64)) (i32.const 54) (i32.const 8))
    ;; What is removed by such a path is that file too.
    (call $expect (call $path_unlink (i32.const 3) (i32.const 1104) (i32.const 6)) (i32.const 0) (i32.const 9))
    (call $expect (call $path_stat (i32.const 3) (i32.const 1) (i32.const 1072) (i32.const 5) (i32.const 64)) (i32.const 44) (i32.const 10))
    (call $expect (call $path_stat (i32.const 3) (i32.const 1) (i32.const 1056) (i32.const 1) (i32.const 64)) (i32.const 0) (i32.const 11))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $path_unlink (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 1024) "sub")
  (data (i32.const 1040) "x")
  (data (i32.const 1056) "sub/.././x")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $expect64 (param $got i64) (param $want i64) (param $code i32)
    (if (i64.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $open (param $path i32) (param $len i32) (param $oflags i32) (param $rights i64) (result i32)
    (call $path_open (i32.const 3) (i32.const 1) (local.get $path) (local.get $len) (local.get $oflags)
      (local.get $rights) (i64.const 0) (i32.const 0) (i32.const 4)))
  ;; The inode of what a path names.
  (func $inode (param $path i32) (param $len i32) (param $code i32) (result i64)
    (call $expect (call $path_stat (i32.const 3) (i32.const 1) (local.get $path) (local.get $len) (i32.const 64)) (i32.const 0) (local.get $code))
    (i64.load (i32.const 72)))
  (func (export "_start")
    (call $expect (call $path_mkdir (i32.const 3) (i32.const 1024) (i32.const 3)) (i32.const 0) (i32.const 1))
    (call $expect (call $open (i32.const 1040) (i32.const 1) (i32.const 5) (i64.const 66)) (i32.const 0) (i32.const 2))
    (call $expect64 (call $inode (i32.const 1056) (i32.const 10) (i32.const 20)) (call $inode (i32.const 1040) (i32.const 1) (i32.const 21)) (i32.const 30))
    (call $expect (call $path_unlink (i32.const 3) (i32.const 1056) (i32.const 10)) (i32.const 0) (i32.const 3))
    (call $proc_exit (i32.const 0))))
