;;! title: A file and a directory that change place with links out of the mount while the guest opens them, 2,000 times
;;! threats: [FSX-08]
;;! provenance: nodejs/node pull request 50396 (WASI in Node.js escapable by timing); GHSA-cp6g-6699-wx9c (vm2)
;;! notices: path-resolution (a name that was looked at is used a second time)
;;! setting:
;;!   directories: {root: {file.txt: inside, sub/file.txt: inside}, outside: {file.txt: "{secret}"}}
;;!   swaps: [{path: root/file.txt, link: "{dir:outside}/file.txt"}, {path: root/sub, link: "{dir:outside}"}]
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: directory, at: /data, source: "{dir:root}", writable: true}]}}}, limits: {wallClockMs: 60000, cpuMs: 60000}}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "", effects: []}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "\00\02\00\00\00\01\00\00")
  (data (i32.const 64) "sub/file.txt")
  (data (i32.const 96) "inside")
  ;; Reads what it gets, which must be what belongs there or nothing: noent between two names, perm or loop for a link.
  (func $try (param $path i32) (param $len i32) (param $follow i32) (local $got i32)
    (local.set $got (call $path_open (i32.const 3) (local.get $follow) (local.get $path) (local.get $len) (i32.const 0)
      (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 4)))
    (if (i32.eqz (local.get $got))
      (then
        (i32.store (i32.const 12) (i32.const 256))
        (if (call $fd_read (i32.load (i32.const 4)) (i32.const 8) (i32.const 1) (i32.const 16)) (then (call $proc_exit (i32.const 1))))
        (drop (call $fd_close (i32.load (i32.const 4))))
        (if (i32.eq (i32.load (i32.const 512)) (i32.load (i32.const 96))) (then (return)))
        (i32.store (i32.const 12) (i32.load (i32.const 16)))
        (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))
        (call $proc_exit (i32.const 2))))
    (if (i32.eq (local.get $got) (i32.const 44)) (then (return)))
    (if (i32.eq (local.get $got) (i32.const 63)) (then (return)))
    (if (i32.eq (local.get $got) (i32.const 32)) (then (return)))
    (call $proc_exit (i32.const 3)))
  (func (export "_start") (local $n i32)
    (loop $again
      ;; "file.txt", with and without following it, and from time to time the one below the directory.
      (call $try (i32.const 68) (i32.const 8) (i32.and (local.get $n) (i32.const 1)))
      (call $try (i32.const 68) (i32.const 8) (i32.const 0))
      (call $try (i32.const 68) (i32.const 8) (i32.const 1))
      (call $try (i32.const 64) (i32.const 12) (i32.const 1))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $n) (i32.const 500))))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! setting: {directories: {root: {file.txt: inside, sub/file.txt: inside}}}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: inside, effects: []}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "\00\02\00\00\00\01\00\00")
  (data (i32.const 64) "sub/file.txt")
  (func (export "_start") (local $n i32)
    ;; Nobody else writes here, so it works every time.
    (loop $again
      (if (call $path_open (i32.const 3) (i32.const 1) (i32.const 64) (i32.const 12) (i32.const 0)
            (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 4))
        (then (call $proc_exit (i32.const 1))))
      (i32.store (i32.const 12) (i32.const 256))
      (if (call $fd_read (i32.load (i32.const 4)) (i32.const 8) (i32.const 1) (i32.const 16)) (then (call $proc_exit (i32.const 2))))
      (if (call $fd_close (i32.load (i32.const 4))) (then (call $proc_exit (i32.const 3))))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $n) (i32.const 20))))
    (i32.store (i32.const 12) (i32.load (i32.const 16)))
    (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))
    (call $proc_exit (i32.const 0))))
