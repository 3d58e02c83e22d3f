;;! title: Paths that are inside as text and outside, or elsewhere, by their links
;;! threats: [FSX-30, FSX-06]
;;! provenance: bytecodealliance/jco, followSymlinks of the preview 2 shim; cyanheads/filesystem-mcp-server issue 21
;;! notices: path-resolution (the text of a path normalised and compared with the root)
;;! setting: {directories: {outside: {secret.txt: "{secret}"}, root: {x: top, sub/x: "sub ", sub/deep/in.txt: deep, a: {link: sub/deep}, b: {link: x}, out: {link: ../outside}}}}
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: directory, at: /data, source: "{dir:root}", writable: true}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: sub top, events: [file-access], effects: []}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $path_unlink (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; A vector of 256 bytes at 512.
  (data (i32.const 8) "\00\02\00\00\00\01\00\00")
  (data (i32.const 1024) "a/../x")
  (data (i32.const 1040) "out/secret.txt")
  (data (i32.const 1056) "out/../root/x")
  (data (i32.const 1072) "out/../x")
  (data (i32.const 1088) "a/../../x")
  (data (i32.const 1104) "b/../x")
  (data (i32.const 1120) "out/new")
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
  (func (export "_start") (local $got i32)
    (call $expect (call $open (i32.const 1024) (i32.const 6) (i32.const 0) (i64.const 2)) (i32.const 0) (i32.const 1))
    ;; The parent of what the link leads to, not of the link.
    (call $tell)
    (local.set $got (call $open (i32.const 1040) (i32.const 14) (i32.const 0) (i64.const 2)))
    (if (i32.eqz (local.get $got)) (then (call $tell)))
    (call $expect (local.get $got) (i32.const 63) (i32.const 2))
    (call $expect (call $path_stat (i32.const 3) (i32.const 0) (i32.const 1040) (i32.const 14) (i32.const 64)) (i32.const 63) (i32.const 3))
    ;; As text it is "x", in the root.
    (call $expect (call $open (i32.const 1072) (i32.const 8) (i32.const 0) (i64.const 2)) (i32.const 63) (i32.const 4))
    (call $expect (call $open (i32.const 1056) (i32.const 13) (i32.const 0) (i64.const 2)) (i32.const 63) (i32.const 5))
    (call $expect (call $open (i32.const 1088) (i32.const 9) (i32.const 0) (i64.const 2)) (i32.const 0) (i32.const 6))
    (call $tell)
    ;; A link to a file has no parent to go to.
    (call $expect (call $open (i32.const 1104) (i32.const 6) (i32.const 0) (i64.const 2)) (i32.const 54) (i32.const 7))
    (call $expect (call $path_mkdir (i32.const 3) (i32.const 1120) (i32.const 7)) (i32.const 63) (i32.const 8))
    (call $expect (call $path_unlink (i32.const 3) (i32.const 1040) (i32.const 14)) (i32.const 63) (i32.const 9))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "topsub ", effects: []}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; A vector of 256 bytes at 512.
  (data (i32.const 8) "\00\02\00\00\00\01\00\00")
  (data (i32.const 1024) "sub/../x")
  (data (i32.const 1040) ".//sub/x")
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
    (call $expect (call $open (i32.const 1024) (i32.const 8) (i32.const 0) (i64.const 2)) (i32.const 0) (i32.const 1))
    (call $tell)
    (call $expect (call $open (i32.const 1040) (i32.const 8) (i32.const 0) (i64.const 2)) (i32.const 0) (i32.const 2))
    (call $tell)
    (call $proc_exit (i32.const 0))))
