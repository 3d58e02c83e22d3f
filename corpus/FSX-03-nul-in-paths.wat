;;! title: A NUL in the middle of each path and link target, and a refused path full of control bytes
;;! threats: [FSX-03]
;;! provenance: nodejs/uvwasi issue 266, test-path-open-malformed-path.c
;;! notices: path-resolution (texts with a NUL accepted), virtual-filesystem (a path shown as the guest wrote it)
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: memory, at: /data}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, events: [file-access]}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_symlink" (func $symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_link" (func $link (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_rename" (func $rename (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "ok.txt\00../../x")
  (data (i32.const 96) "ok.txt\00")
  (data (i32.const 112) "\00")
  (data (i32.const 128) "link")
  (data (i32.const 144) "../\1b]0;title\07\1b[31mred\0d\0aforged: line\e2\80\aetxt")
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  ;; What is malformed is so before anything is decided or done.
  (func $malformed (param $got i32) (param $code i32)
    (call $expect (local.get $got) (i32.const 28) (local.get $code)))
  (func $open (param $path i32) (param $len i32) (param $oflags i32) (result i32)
    (call $path_open (i32.const 3) (i32.const 1) (local.get $path) (local.get $len) (local.get $oflags)
      (i64.const 66) (i64.const 0) (i32.const 0) (i32.const 0)))
  (func (export "_start")
    (call $expect (call $open (i32.const 64) (i32.const 6) (i32.const 1)) (i32.const 0) (i32.const 1))
    (call $malformed (call $open (i32.const 64) (i32.const 14) (i32.const 0)) (i32.const 2))
    (call $malformed (call $open (i32.const 64) (i32.const 14) (i32.const 1)) (i32.const 3))
    (call $malformed (call $open (i32.const 96) (i32.const 7) (i32.const 0)) (i32.const 4))
    (call $malformed (call $open (i32.const 112) (i32.const 1) (i32.const 0)) (i32.const 5))
    (call $malformed (call $stat (i32.const 3) (i32.const 0) (i32.const 96) (i32.const 7) (i32.const 512)) (i32.const 6))
    (call $malformed (call $mkdir (i32.const 3) (i32.const 64) (i32.const 14)) (i32.const 7))
    (call $malformed (call $unlink (i32.const 3) (i32.const 96) (i32.const 7)) (i32.const 8))
    (call $malformed (call $link (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 6) (i32.const 3) (i32.const 64) (i32.const 14)) (i32.const 9))
    (call $malformed (call $rename (i32.const 3) (i32.const 64) (i32.const 6) (i32.const 3) (i32.const 64) (i32.const 14)) (i32.const 10))
    ;; A link's target, which is resolved another time.
    (call $malformed (call $symlink (i32.const 64) (i32.const 14) (i32.const 3) (i32.const 128) (i32.const 4)) (i32.const 11))
    (call $expect (call $stat (i32.const 3) (i32.const 0) (i32.const 128) (i32.const 4) (i32.const 512)) (i32.const 44) (i32.const 12))
    (call $expect (call $stat (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 6) (i32.const 512)) (i32.const 0) (i32.const 13))
    ;; Told to the embedder, in a terminal perhaps.
    (call $expect (call $open (i32.const 144) (i32.const 41) (i32.const 0)) (i32.const 63) (i32.const 14))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_symlink" (func $symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_readlink" (func $readlink (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $readdir (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; Other control bytes are letters like any others.
  (data (i32.const 64) "a\1b[31m\0a\7f")
  (data (i32.const 128) "link")
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $path_open (i32.const 3) (i32.const 1) (i32.const 64) (i32.const 8) (i32.const 1)
      (i64.const 66) (i64.const 0) (i32.const 0) (i32.const 0)) (i32.const 0) (i32.const 1))
    (call $expect (call $symlink (i32.const 64) (i32.const 8) (i32.const 3) (i32.const 128) (i32.const 4)) (i32.const 0) (i32.const 2))
    (call $expect (call $readlink (i32.const 3) (i32.const 128) (i32.const 4) (i32.const 256) (i32.const 64) (i32.const 0)) (i32.const 0) (i32.const 3))
    (call $expect (i32.load (i32.const 0)) (i32.const 8) (i32.const 4))
    (if (i64.ne (i64.load (i32.const 256)) (i64.load (i32.const 64))) (then (call $proc_exit (i32.const 5))))
    ;; The entry behind "." (25 bytes) and ".." (26 bytes): name after its 24 bytes.
    (call $expect (call $readdir (i32.const 3) (i32.const 512) (i32.const 512) (i64.const 0) (i32.const 0)) (i32.const 0) (i32.const 6))
    (if (i64.ne (i64.load (i32.const 587)) (i64.load (i32.const 64))) (then (call $proc_exit (i32.const 7))))
    (call $proc_exit (i32.const 0))))
