;;! title: Links in the mounted directory that lead out, taken by every call that follows one
;;! threats: [FSX-04, FSX-13]
;;! provenance: CVE-2024-38358 / GHSA-55f3-3qvg-8pv5 (Wasmer); nodejs/uvwasi test-symlink-outbox.c
;;! notices: path-resolution (links followed by the system, or an absolute target taken for a relative one)
;;! setting:
;;!   directories:
;;!     outside: {secret.txt: "{secret}", sub/deep.txt: "{secret}"}
;;!     root: {in.txt: inside, relative: {link: ../outside/secret.txt}, absolute: {link: "{dir:outside}/secret.txt"}, dangling: {link: ../outside/new.txt}, folder: {link: ../outside}, twice: {link: folder/sub/deep.txt}, nothing: {link: ../outside/nothing}}
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: directory, at: /data, source: "{dir:root}", writable: true}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "", events: [file-access], effects: []}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_set_times" (func $set_times (param i32 i32 i32 i32 i64 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_remove_directory" (func $rmdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_readlink" (func $readlink (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_symlink" (func $symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_link" (func $link (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_rename" (func $rename (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; A vector of 256 bytes at 256.
  (data (i32.const 8) "\00\01\00\00\00\01\00\00")
  (data (i32.const 1024) "relative\00absolute\00dangling\00nothing\00twice\00folder/secret.txt\00folder/nothing\00folder/sub/../secret.txt\00\00")
  (data (i32.const 1280) "in.txt")
  (data (i32.const 1296) "in2.txt")
  (func $len (param $at i32) (result i32) (local $n i32)
    (loop $next
      (if (i32.load8_u (i32.add (local.get $at) (local.get $n)))
        (then (local.set $n (i32.add (local.get $n) (i32.const 1))) (br $next))))
    (local.get $n))
  (func $tell
    (drop (call $fd_read (i32.load (i32.const 4)) (i32.const 8) (i32.const 1) (i32.const 16)))
    (i32.store (i32.const 12) (i32.load (i32.const 16)))
    (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16))))
  ;; Ends the guest with $code unless $got is perm: the same word whether something is there or not (FSX-13).
  (func $denied (param $got i32) (param $code i32)
    (if (i32.ne (local.get $got) (i32.const 63)) (then (call $proc_exit (local.get $code)))))
  (func $open (param $path i32) (param $len i32) (param $oflags i32) (param $rights i64) (param $code i32) (local $got i32)
    (local.set $got (call $path_open (i32.const 3) (i32.const 1) (local.get $path) (local.get $len) (local.get $oflags)
      (local.get $rights) (i64.const 0) (i32.const 0) (i32.const 4)))
    (if (i32.eqz (local.get $got)) (then (call $tell)))
    (call $denied (local.get $got) (local.get $code)))
  (func $followed (param $p i32) (param $n i32)
    (call $open (local.get $p) (local.get $n) (i32.const 0) (i64.const 2) (i32.const 1))
    (call $open (local.get $p) (local.get $n) (i32.const 1) (i64.const 66) (i32.const 2))
    (call $open (local.get $p) (local.get $n) (i32.const 8) (i64.const 64) (i32.const 3))
    (call $open (local.get $p) (local.get $n) (i32.const 9) (i64.const 64) (i32.const 4))
    (call $denied (call $stat (i32.const 3) (i32.const 1) (local.get $p) (local.get $n) (i32.const 512)) (i32.const 5))
    (call $denied (call $set_times (i32.const 3) (i32.const 1) (local.get $p) (local.get $n) (i64.const 1) (i64.const 1) (i32.const 5)) (i32.const 6))
    (call $denied (call $link (i32.const 3) (i32.const 1) (local.get $p) (local.get $n) (i32.const 3) (i32.const 1296) (i32.const 7)) (i32.const 7)))
  (func (export "_start") (local $at i32) (local $n i32)
    (local.set $at (i32.const 1024))
    (loop $next
      (local.set $n (call $len (local.get $at)))
      (call $followed (local.get $at) (local.get $n))
      (local.set $at (i32.add (i32.add (local.get $at) (local.get $n)) (i32.const 1)))
      (br_if $next (i32.load8_u (local.get $at))))
    ;; Through a link to a directory no call gets, whether it follows the last name or not.
    (call $denied (call $stat (i32.const 3) (i32.const 0) (i32.const 1065) (i32.const 17) (i32.const 512)) (i32.const 20))
    (call $denied (call $mkdir (i32.const 3) (i32.const 1083) (i32.const 14)) (i32.const 21))
    (call $denied (call $rmdir (i32.const 3) (i32.const 1083) (i32.const 14)) (i32.const 22))
    (call $denied (call $unlink (i32.const 3) (i32.const 1065) (i32.const 17)) (i32.const 23))
    (call $denied (call $readlink (i32.const 3) (i32.const 1065) (i32.const 17) (i32.const 512) (i32.const 64) (i32.const 0)) (i32.const 24))
    (call $denied (call $symlink (i32.const 1280) (i32.const 6) (i32.const 3) (i32.const 1083) (i32.const 14)) (i32.const 25))
    (call $denied (call $rename (i32.const 3) (i32.const 1065) (i32.const 17) (i32.const 3) (i32.const 1296) (i32.const 7)) (i32.const 26))
    (call $denied (call $rename (i32.const 3) (i32.const 1280) (i32.const 6) (i32.const 3) (i32.const 1083) (i32.const 14)) (i32.const 27))
    (call $denied (call $link (i32.const 3) (i32.const 0) (i32.const 1280) (i32.const 6) (i32.const 3) (i32.const 1083) (i32.const 14)) (i32.const 28))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! setting:
;;!   directories:
;;!     root: {in.txt: inside, sub/in.txt: inside, relative: {link: sub/in.txt}, dangling: {link: sub/new.txt}, folder: {link: sub}, back: {link: sub/../folder/in.txt}}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "insideinside", effects: [root/sub/new.txt created]}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "\00\01\00\00\00\01\00\00")
  (data (i32.const 1024) "relative")
  (data (i32.const 1040) "back")
  (data (i32.const 1056) "dangling")
  (data (i32.const 1072) "folder/in.txt")
  (func $open (param $path i32) (param $len i32) (param $oflags i32) (param $rights i64) (param $code i32)
    (if (call $path_open (i32.const 3) (i32.const 1) (local.get $path) (local.get $len) (local.get $oflags)
          (local.get $rights) (i64.const 0) (i32.const 0) (i32.const 4))
      (then (call $proc_exit (local.get $code)))))
  (func $tell
    (i32.store (i32.const 12) (i32.const 256))
    (drop (call $fd_read (i32.load (i32.const 4)) (i32.const 8) (i32.const 1) (i32.const 16)))
    (i32.store (i32.const 12) (i32.load (i32.const 16)))
    (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16))))
  (func (export "_start")
    (call $open (i32.const 1024) (i32.const 8) (i32.const 0) (i64.const 2) (i32.const 1))
    (call $tell)
    (call $open (i32.const 1040) (i32.const 4) (i32.const 0) (i64.const 2) (i32.const 2))
    (call $tell)
    (call $open (i32.const 1056) (i32.const 8) (i32.const 1) (i64.const 64) (i32.const 3))
    (if (call $stat (i32.const 3) (i32.const 0) (i32.const 1072) (i32.const 13) (i32.const 512)) (then (call $proc_exit (i32.const 4))))
    (call $proc_exit (i32.const 0))))
