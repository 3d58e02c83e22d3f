;;! title: Cookies that no listing gave, room for half an entry, and a directory that changes while it is listed
;;! threats: [FSX-25]
;;! provenance: nodejs/uvwasi issue 298; nodejs/node issue 47193; nodejs/uvwasi, test-fd-readdir-cookie; WebAssembly/wasi-testsuite, fd_readdir
;;! notices: virtual-filesystem (a cookie with a sign, or a listing made anew each time)
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: memory, at: /data}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $path_unlink (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $fd_readdir (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)

  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $expect64 (param $got i64) (param $want i64) (param $code i32)
    (if (i64.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  ;; The names "a" to "j", or "A" to "J" when 32 less: one byte at 1024.
  (func $file (param $letter i32)
    (i32.store8 (i32.const 1024) (local.get $letter))
    (call $expect (call $path_open (i32.const 3) (i32.const 0) (i32.const 1024) (i32.const 1) (i32.const 5) (i64.const 66) (i64.const 0) (i32.const 0) (i32.const 4))
      (i32.const 0) (i32.const 90))
    (call $expect (call $fd_close (i32.load (i32.const 4))) (i32.const 0) (i32.const 91)))
  ;; A listing from a cookie into so many bytes at 2048: how many were written. Those behind stay as they were.
  (func $list (param $cookie i64) (param $room i32) (param $code i32) (result i32)
    (i64.store (i32.add (i32.const 2048) (local.get $room)) (i64.const 0x5a5a5a5a5a5a5a5a))
    (call $expect (call $fd_readdir (i32.const 3) (i32.const 2048) (local.get $room) (local.get $cookie) (i32.const 20)) (i32.const 0) (local.get $code))
    (call $expect64 (i64.load (i32.add (i32.const 2048) (local.get $room))) (i64.const 0x5a5a5a5a5a5a5a5a) (local.get $code))
    (i32.load (i32.const 20)))
  (func (export "_start") (local $i i32) (local $turns i32) (local $cookie i64)
    (local.set $i (i32.const 97))
    (loop $next
      (call $file (local.get $i))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 107))))
    ;; Twelve entries of 24 bytes and their names.
    (call $expect (call $list (i64.const 0) (i32.const 4096) (i32.const 80)) (i32.const 301) (i32.const 1))
    ;; The first is ".", the second "..", and in the root both are the root.
    (call $expect64 (i64.load (i32.const 2048)) (i64.const 1) (i32.const 2))
    (call $expect64 (i64.load (i32.const 2073)) (i64.const 2) (i32.const 3))
    (call $expect64 (i64.load (i32.const 2056)) (i64.load (i32.const 2081)) (i32.const 79))
    ;; Any cookie ends: those that no listing gave are behind its end.
    (call $expect (call $list (i64.const 11) (i32.const 4096) (i32.const 81)) (i32.const 25) (i32.const 4))
    (call $expect64 (i64.load (i32.const 2048)) (i64.const 12) (i32.const 5))
    (call $expect (call $list (i64.const 12) (i32.const 4096) (i32.const 82)) (i32.const 0) (i32.const 6))
    (call $expect (call $list (i64.const 13) (i32.const 4096) (i32.const 83)) (i32.const 0) (i32.const 7))
    (call $expect (call $list (i64.const 0x100000001) (i32.const 4096) (i32.const 84)) (i32.const 0) (i32.const 8))
    (call $expect (call $list (i64.const 0x7fffffffffffffff) (i32.const 4096) (i32.const 85)) (i32.const 0) (i32.const 9))
    (call $expect (call $list (i64.const 0x8000000000000000) (i32.const 4096) (i32.const 86)) (i32.const 0) (i32.const 10))
    (call $expect (call $list (i64.const -1) (i32.const 4096) (i32.const 87)) (i32.const 0) (i32.const 11))
    (call $expect (call $list (i64.const -12) (i32.const 4096) (i32.const 88)) (i32.const 0) (i32.const 12))
    ;; Any room is used up to its end and no further.
    (call $expect (call $list (i64.const 0) (i32.const 0) (i32.const 70)) (i32.const 0) (i32.const 13))
    (call $expect (call $list (i64.const 0) (i32.const 1) (i32.const 71)) (i32.const 1) (i32.const 14))
    (call $expect (call $list (i64.const 0) (i32.const 23) (i32.const 72)) (i32.const 23) (i32.const 15))
    (call $expect (call $list (i64.const 0) (i32.const 24) (i32.const 73)) (i32.const 24) (i32.const 16))
    (call $expect (call $list (i64.const 0) (i32.const 27) (i32.const 74)) (i32.const 27) (i32.const 17))
    ;; One entry at a time; each file is removed as soon as it is seen, and another made. The listing ends, and nothing was left out.
    (local.set $cookie (i64.const 0))
    (loop $again
      (if (i32.ge_u (call $list (local.get $cookie) (i32.const 26) (i32.const 75)) (i32.const 25))
        (then
          (local.set $turns (i32.add (local.get $turns) (i32.const 1)))
          (call $expect (i32.gt_u (local.get $turns) (i32.const 12)) (i32.const 0) (i32.const 76))
          (local.set $cookie (i64.load (i32.const 2048)))
          (if (i32.ne (i32.load8_u (i32.const 2072)) (i32.const 46))
            (then
              (call $expect (call $path_unlink (i32.const 3) (i32.const 2072) (i32.const 1)) (i32.const 0) (i32.const 77))
              (call $file (i32.sub (i32.load8_u (i32.const 2072)) (i32.const 32)))))
          (br $again))))
    (call $expect (local.get $turns) (i32.const 12) (i32.const 18))
    (call $expect (call $list (i64.const 0) (i32.const 4096) (i32.const 78)) (i32.const 301) (i32.const 19))
    ;; Only the new ones are left.
    (call $expect (i32.load8_u (i32.const 2123)) (i32.const 65) (i32.const 20))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $fd_readdir (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)

  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $expect64 (param $got i64) (param $want i64) (param $code i32)
    (if (i64.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  ;; The names "a" to "j", or "A" to "J" when 32 less: one byte at 1024.
  (func $file (param $letter i32)
    (i32.store8 (i32.const 1024) (local.get $letter))
    (call $expect (call $path_open (i32.const 3) (i32.const 0) (i32.const 1024) (i32.const 1) (i32.const 5) (i64.const 66) (i64.const 0) (i32.const 0) (i32.const 4))
      (i32.const 0) (i32.const 90))
    (call $expect (call $fd_close (i32.load (i32.const 4))) (i32.const 0) (i32.const 91)))
  ;; A listing from a cookie into so many bytes at 2048: how many were written. Those behind stay as they were.
  (func $list (param $cookie i64) (param $room i32) (param $code i32) (result i32)
    (i64.store (i32.add (i32.const 2048) (local.get $room)) (i64.const 0x5a5a5a5a5a5a5a5a))
    (call $expect (call $fd_readdir (i32.const 3) (i32.const 2048) (local.get $room) (local.get $cookie) (i32.const 20)) (i32.const 0) (local.get $code))
    (call $expect64 (i64.load (i32.add (i32.const 2048) (local.get $room))) (i64.const 0x5a5a5a5a5a5a5a5a) (local.get $code))
    (i32.load (i32.const 20)))
  (func (export "_start")
    (call $file (i32.const 97))
    (call $file (i32.const 98))
    (call $expect (call $list (i64.const 0) (i32.const 4096) (i32.const 80)) (i32.const 101) (i32.const 1))
    (call $expect (i32.load8_u (i32.const 2123)) (i32.const 97) (i32.const 2))
    ;; Read on where the first left off.
    (call $expect (call $list (i64.const 2) (i32.const 26) (i32.const 81)) (i32.const 26) (i32.const 3))
    (call $expect (call $list (i64.load (i32.const 2048)) (i32.const 26) (i32.const 82)) (i32.const 25) (i32.const 4))
    (call $expect (i32.load8_u (i32.const 2072)) (i32.const 98) (i32.const 5))
    (call $proc_exit (i32.const 0))))
