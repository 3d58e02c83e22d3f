;;! title: Links whose targets name what lies outside of the mount, read
;;! threats: [FSX-26, FSX-13]
;;! provenance: nodejs/uvwasi issue 263; the home directory in links of package managers
;;! notices: virtual-filesystem (a target handed out as it is)
;;! setting: {directories: {root: {abs: {link: "/home/{secret}/x"}, rel: {link: "../{secret}"}, sub/deep: {link: "../../{secret}/y"}, up: {link: "sub/../../{secret}"}}}}
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: directory, at: /data, source: "{dir:root}"}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "", effects: [], audit: [fs.readLink denied, fs.readLink denied, fs.readLink denied, fs.readLink denied]}
(module
  (import "wasi_snapshot_preview1" "path_readlink" (func $path_readlink (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; A vector of 256 bytes at 512.
  (data (i32.const 8) "\00\02\00\00\00\01\00\00")
  (data (i32.const 1024) "abs")
  (data (i32.const 1040) "rel")
  (data (i32.const 1056) "sub/deep")
  (data (i32.const 1072) "up")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $tell (param $path i32) (param $len i32) (param $want i32) (param $code i32) (local $got i32)
    (local.set $got (call $path_readlink (i32.const 3) (local.get $path) (local.get $len) (i32.const 512) (i32.const 256) (i32.const 20)))
    ;; What was told comes out: the host must not see it.
    (if (i32.eqz (local.get $got))
      (then
        (i32.store (i32.const 12) (i32.load (i32.const 20)))
        (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 24)))))
    (call $expect (local.get $got) (local.get $want) (local.get $code)))
  (func (export "_start")
    (call $tell (i32.const 1024) (i32.const 3) (i32.const 63) (i32.const 1))
    (call $tell (i32.const 1040) (i32.const 3) (i32.const 63) (i32.const 2))
    (call $tell (i32.const 1056) (i32.const 8) (i32.const 63) (i32.const 3))
    (call $tell (i32.const 1072) (i32.const 2) (i32.const 63) (i32.const 4))
    ;; Nothing was written, neither to the room nor to the count.
    (call $expect (i32.load (i32.const 512)) (i32.const 0) (i32.const 10))
    (call $expect (i32.load (i32.const 20)) (i32.const 0) (i32.const 11))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! setting: {directories: {root: {near: {link: sub/in.txt}, sub/in.txt: inside, sub/back: {link: ../near}}}}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: sub/in.txt../near, effects: []}
(module
  (import "wasi_snapshot_preview1" "path_readlink" (func $path_readlink (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; A vector of 256 bytes at 512.
  (data (i32.const 8) "\00\02\00\00\00\01\00\00")
  (data (i32.const 1024) "near")
  (data (i32.const 1040) "sub/back")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $tell (param $path i32) (param $len i32) (param $want i32) (param $code i32) (local $got i32)
    (local.set $got (call $path_readlink (i32.const 3) (local.get $path) (local.get $len) (i32.const 512) (i32.const 256) (i32.const 20)))
    ;; What was told comes out: the host must not see it.
    (if (i32.eqz (local.get $got))
      (then
        (i32.store (i32.const 12) (i32.load (i32.const 20)))
        (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 24)))))
    (call $expect (local.get $got) (local.get $want) (local.get $code)))
  (func (export "_start")
    (call $tell (i32.const 1024) (i32.const 4) (i32.const 0) (i32.const 1))
    (call $tell (i32.const 1040) (i32.const 8) (i32.const 0) (i32.const 2))
    (call $proc_exit (i32.const 0))))
