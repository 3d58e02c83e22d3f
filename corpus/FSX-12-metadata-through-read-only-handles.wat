;;! title: Times and sizes changed through handles and mounts that are for reading
;;! threats: [FSX-12]
;;! provenance: CVE-2025-55132 (Node.js fs.futimes); CVE-2026-48935 (FileHandle.utimes); CVE-2024-36137 (fs.fchown, fs.fchmod)
;;! notices: mount-rights (the call with a handle not guarded like the one with a path; rights that a handle has no use for)
;;! setting: {directories: {shown: {file.txt: untouched, sub/file.txt: untouched}, scratch: {file.txt: untouched}}}
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: directory, at: /shown, source: "{dir:shown}"}, {kind: directory, at: /scratch, source: "{dir:scratch}", writable: true}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, effects: []}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_set_times" (func $path_times (param i32 i32 i32 i32 i64 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_times" (func $times (param i32 i64 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $size (param i32 i64) (result i32)))
  (import "wasi_snapshot_preview1" "fd_allocate" (func $allocate (param i32 i64 i64) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pwrite" (func $fd_pwrite (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "\40\00\00\00\08\00\00\00")
  (data (i32.const 64) "file.txt")
  (data (i32.const 80) "sub")
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $open (param $fd i32) (param $path i32) (param $len i32) (param $rights i64) (param $code i32) (result i32)
    (call $expect (call $path_open (local.get $fd) (i32.const 1) (local.get $path) (local.get $len) (i32.const 0)
      (local.get $rights) (i64.const -1) (i32.const 0) (i32.const 4)) (i32.const 0) (local.get $code))
    (i32.load (i32.const 4)))
  ;; Everything that changes a file without writing to it, and writing.
  (func $all (param $fd i32) (param $times i32) (param $code i32)
    (call $expect (call $times (local.get $fd) (i64.const 1) (i64.const 1) (i32.const 5)) (local.get $times) (local.get $code))
    (call $expect (call $times (local.get $fd) (i64.const 0) (i64.const 0) (i32.const 10)) (local.get $times) (i32.add (local.get $code) (i32.const 1)))
    (call $expect (call $size (local.get $fd) (i64.const 0)) (i32.const 76) (i32.add (local.get $code) (i32.const 2)))
    (call $expect (call $allocate (local.get $fd) (i64.const 0) (i64.const 4096)) (i32.const 76) (i32.add (local.get $code) (i32.const 3)))
    (call $expect (call $fd_write (local.get $fd) (i32.const 8) (i32.const 1) (i32.const 0)) (i32.const 76) (i32.add (local.get $code) (i32.const 4)))
    (call $expect (call $fd_pwrite (local.get $fd) (i32.const 8) (i32.const 1) (i64.const 0) (i32.const 0)) (i32.const 76) (i32.add (local.get $code) (i32.const 5))))
  (func (export "_start") (local $fd i32)
    ;; A file of the read-only mount, with every right but writing asked for: the mount refuses times, the handle the rest.
    (local.set $fd (call $open (i32.const 3) (i32.const 64) (i32.const 8) (i64.const -65) (i32.const 10)))
    (call $all (local.get $fd) (i32.const 69) (i32.const 11))
    (call $expect (call $path_times (i32.const 3) (i32.const 1) (i32.const 64) (i32.const 8) (i64.const 1) (i64.const 1) (i32.const 5)) (i32.const 69) (i32.const 20))
    ;; A directory of it, and the mount itself.
    (local.set $fd (call $open (i32.const 3) (i32.const 80) (i32.const 3) (i64.const -65) (i32.const 21)))
    (call $expect (call $times (local.get $fd) (i64.const 1) (i64.const 1) (i32.const 5)) (i32.const 69) (i32.const 22))
    (call $expect (call $times (i32.const 3) (i64.const 1) (i64.const 1) (i32.const 5)) (i32.const 69) (i32.const 23))
    ;; A file of the writable mount, opened for reading and nothing else.
    (local.set $fd (call $open (i32.const 4) (i32.const 64) (i32.const 8) (i64.const 2) (i32.const 30)))
    (call $all (local.get $fd) (i32.const 76) (i32.const 31))
    ;; The same with every right but writing: what changes the contents is no part of it.
    (local.set $fd (call $open (i32.const 4) (i32.const 64) (i32.const 8) (i64.const -65) (i32.const 40)))
    (call $expect (call $size (local.get $fd) (i64.const 0)) (i32.const 76) (i32.const 41))
    (call $expect (call $allocate (local.get $fd) (i64.const 0) (i64.const 4096)) (i32.const 76) (i32.const 42))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0, effects: [scratch/file.txt changed]}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_times" (func $times (param i32 i64 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $size (param i32 i64) (result i32)))
  (import "wasi_snapshot_preview1" "fd_allocate" (func $allocate (param i32 i64 i64) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "file.txt")
  (func $allowed (param $got i32) (param $code i32)
    (if (local.get $got) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $allowed (call $path_open (i32.const 4) (i32.const 1) (i32.const 64) (i32.const 8) (i32.const 0)
      (i64.const -1) (i64.const 0) (i32.const 0) (i32.const 4)) (i32.const 1))
    (call $allowed (call $size (i32.load (i32.const 4)) (i64.const 2)) (i32.const 2))
    (call $allowed (call $allocate (i32.load (i32.const 4)) (i64.const 0) (i64.const 64)) (i32.const 3))
    (call $allowed (call $times (i32.load (i32.const 4)) (i64.const 1) (i64.const 1) (i32.const 5)) (i32.const 4))
    (call $proc_exit (i32.const 0))))
