;;! title: Questions about what is beside the mount, there and not there, by every call that only looks
;;! threats: [FSX-13]
;;! provenance: CVE-2023-32005 (Node.js fs.statfs); CVE-2024-22018 (fs.lstat); CVE-2026-21715 (realpathSync.native); CVE-2023-30582 (fs.watchFile)
;;! notices: path-resolution (links followed by the system, which answers by what is there)
;;! setting:
;;!   directories:
;;!     outside: {there.txt: "{secret}", sub/there.txt: "{secret}", to-there: {link: there.txt}}
;;!     root: {out: {link: ../outside}, there: {link: "{dir:outside}/there.txt"}, not-there: {link: "{dir:outside}/gone.txt"}}
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: directory, at: /data, source: "{dir:root}"}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "", effects: [], events: [file-access]}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_readlink" (func $path_readlink (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "\00\10\00\00\00\01\00\00")
  (data (i32.const 1024)
    "../outside/there.txt\00../outside/gone.txt\00../outside/sub/there.txt\00../outside/sub/gone/there.txt\00../outside/there.txt/x\00"
    "../outside/to-there\00../gone/there.txt\00out/there.txt\00out/gone.txt\00out/sub/there.txt\00out/there.txt/x\00out/to-there\00"
    "out/\00/etc/hostname\00/gone\00\00")
  (data (i32.const 2048) "there\00not-there\00\00")
  (func $len (param $at i32) (result i32) (local $n i32)
    (loop $next
      (if (i32.load8_u (i32.add (local.get $at) (local.get $n)))
        (then (local.set $n (i32.add (local.get $n) (i32.const 1))) (br $next))))
    (local.get $n))
  ;; One answer, whether it is there, is something else, or is not: perm. And nothing of it in memory.
  (func $same (param $got i32) (param $code i32)
    (if (i32.ne (local.get $got) (i32.const 63)) (then (call $proc_exit (local.get $code))))
    (if (i64.ne (i64.or (i64.load (i32.const 4096)) (i64.load (i32.const 4128))) (i64.const 0)) (then (call $proc_exit (i32.const 10)))))
  (func $followed (param $path i32) (param $len i32)
    (call $same (call $path_stat (i32.const 3) (i32.const 1) (local.get $path) (local.get $len) (i32.const 4096)) (i32.const 1))
    (call $same (call $path_open (i32.const 3) (i32.const 1) (local.get $path) (local.get $len) (i32.const 0)
      (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 4)) (i32.const 2))
    (call $same (call $path_open (i32.const 3) (i32.const 1) (local.get $path) (local.get $len) (i32.const 2)
      (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 4)) (i32.const 3)))
  (func $read (param $path i32) (param $len i32) (local $got i32)
    (local.set $got (call $path_readlink (i32.const 3) (local.get $path) (local.get $len) (i32.const 4096) (i32.const 256) (i32.const 12)))
    (if (i32.eqz (local.get $got)) (then (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))))
    (call $same (local.get $got) (i32.const 4)))
  (func (export "_start") (local $at i32) (local $n i32)
    (local.set $at (i32.const 1024))
    (loop $next
      (local.set $n (call $len (local.get $at)))
      (call $followed (local.get $at) (local.get $n))
      (call $read (local.get $at) (local.get $n))
      (call $same (call $path_stat (i32.const 3) (i32.const 0) (local.get $at) (local.get $n) (i32.const 4096)) (i32.const 5))
      (local.set $at (i32.add (i32.add (local.get $at) (local.get $n)) (i32.const 1)))
      (br_if $next (i32.load8_u (local.get $at))))
    ;; Links in the mount: they are there and may be looked at, but not followed, and where they point to is not told.
    (local.set $at (i32.const 2048))
    (loop $next
      (local.set $n (call $len (local.get $at)))
      (call $followed (local.get $at) (local.get $n))
      (call $read (local.get $at) (local.get $n))
      (local.set $at (i32.add (i32.add (local.get $at) (local.get $n)) (i32.const 1)))
      (br_if $next (i32.load8_u (local.get $at))))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! setting: {directories: {root: {there.txt: inside, to-there: {link: there.txt}, to-nothing: {link: gone.txt}}}}
;;! expect: {outcomes: [exited], exitCode: 0, effects: []}
(module
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "there.txt")
  (data (i32.const 80) "to-there")
  (data (i32.const 96) "to-nothing")
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    ;; Inside the mount the difference is the guest's to know.
    (call $expect (call $path_stat (i32.const 3) (i32.const 1) (i32.const 64) (i32.const 9) (i32.const 4096)) (i32.const 0) (i32.const 1))
    (call $expect (call $path_stat (i32.const 3) (i32.const 1) (i32.const 80) (i32.const 8) (i32.const 4096)) (i32.const 0) (i32.const 2))
    (call $expect (call $path_stat (i32.const 3) (i32.const 1) (i32.const 96) (i32.const 10) (i32.const 4096)) (i32.const 44) (i32.const 3))
    (call $proc_exit (i32.const 0))))
