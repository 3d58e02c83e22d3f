;;! title: A slash or "/." behind a link that leads out, in calls that were told not to follow
;;! threats: [FSX-07, FSX-04]
;;! provenance: GHSA-vqjp-4c8c-hfgg / RUSTSEC-2026-0269 (Wasmtime, High)
;;! notices: path-resolution (links followed by the system where a slash comes after them)
;;! setting: {directories: {outside: {secret.txt: "{secret}", sub/deep.txt: "{secret}"}, root: {out: {link: ../outside}, up: {link: ..}}}}
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: directory, at: /data, source: "{dir:root}", writable: true}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "", events: [file-access], effects: []}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_set_times" (func $path_set_times (param i32 i32 i32 i32 i64 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $fd_readdir (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "\00\02\00\00\00\01\00\00")
  (data (i32.const 1024) "out/\00out/.\00out//\00out/./\00up/\00up/.\00out/sub/\00\00")
  (func $len (param $at i32) (result i32) (local $n i32)
    (loop $next
      (if (i32.load8_u (i32.add (local.get $at) (local.get $n)))
        (then (local.set $n (i32.add (local.get $n) (i32.const 1))) (br $next))))
    (local.get $n))
  (func $denied (param $got i32) (param $code i32)
    (if (i32.ne (local.get $got) (i32.const 63)) (then (call $proc_exit (local.get $code)))))
  (func $open (param $path i32) (param $len i32) (param $follow i32) (param $oflags i32) (result i32) (local $got i32)
    (local.set $got (call $path_open (i32.const 3) (local.get $follow) (local.get $path) (local.get $len) (local.get $oflags)
      (i64.const 0x4000) (i64.const 0) (i32.const 0) (i32.const 4)))
    ;; A directory that was opened is told.
    (if (i32.eqz (local.get $got))
      (then
        (drop (call $fd_readdir (i32.load (i32.const 4)) (i32.const 512) (i32.const 256) (i64.const 0) (i32.const 12)))
        (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))))
    (local.get $got))
  (func (export "_start") (local $at i32) (local $n i32)
    (local.set $at (i32.const 1024))
    (loop $next
      (local.set $n (call $len (local.get $at)))
      (call $denied (call $open (local.get $at) (local.get $n) (i32.const 0) (i32.const 0)) (i32.const 1))
      (call $denied (call $open (local.get $at) (local.get $n) (i32.const 0) (i32.const 2)) (i32.const 2))
      (call $denied (call $open (local.get $at) (local.get $n) (i32.const 1) (i32.const 2)) (i32.const 3))
      (call $denied (call $path_stat (i32.const 3) (i32.const 0) (local.get $at) (local.get $n) (i32.const 768)) (i32.const 4))
      (call $denied (call $path_set_times (i32.const 3) (i32.const 0) (local.get $at) (local.get $n) (i64.const 1) (i64.const 1) (i32.const 5)) (i32.const 5))
      (local.set $at (i32.add (i32.add (local.get $at) (local.get $n)) (i32.const 1)))
      (br_if $next (i32.load8_u (local.get $at))))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! setting: {directories: {root: {sub/in.txt: inside, in: {link: sub}}}}
;;! expect: {outcomes: [exited], exitCode: 0, effects: []}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "in/.")
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    ;; What lies behind the link is a directory.
    (call $expect (call $path_stat (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 3) (i32.const 512)) (i32.const 0) (i32.const 3))
    (call $expect (i32.load8_u (i32.const 528)) (i32.const 3) (i32.const 4))
    (call $expect (call $path_open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 4) (i32.const 2)
      (i64.const 0x4000) (i64.const 0) (i32.const 0) (i32.const 4)) (i32.const 0) (i32.const 5))
    (call $proc_exit (i32.const 0))))
