;;! title: /proc under a grant for the whole disk, and through links of a small one
;;! threats: [FSX-17]
;;! provenance: GHSA-m87g-7g5m-wpx4 (Deno, where calls that do not follow links were left out)
;;! notices: path-resolution (other file systems than the one that is mounted are entered)
;;! setting: {directories: {root: {in.txt: inside, environ: {link: /proc/self/environ}, top: {link: /proc/self/root}, files: {link: /dev/fd}, up: {link: ../../../../../../proc/self/environ}}}}
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: directory, at: /host, source: /}, {kind: directory, at: /data, source: "{dir:root}"}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "", events: [file-access], effects: []}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_readlink" (func $path_readlink (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; A vector of 256 bytes at 512.
  (data (i32.const 8) "\00\02\00\00\00\01\00\00")
  (data (i32.const 1024) "proc")
  (data (i32.const 1040) "proc/self/environ")
  (data (i32.const 1072) "proc/self/root")
  (data (i32.const 1088) "proc/self/cwd/secret.txt")
  (data (i32.const 1120) "proc/self/fd/0")
  (data (i32.const 1136) "proc/sys/kernel/hostname")
  (data (i32.const 1168) "proc/self/exe")
  (data (i32.const 1184) "environ")
  (data (i32.const 1200) "top")
  (data (i32.const 1216) "top/etc")
  (data (i32.const 1232) "files/0")
  (data (i32.const 1248) "up")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  ;; Writes all that is in the file that was opened to standard output.
  (func $tell
    (loop $more
      (i32.store (i32.const 12) (i32.const 256))
      (i32.store (i32.const 16) (i32.const 0))
      (drop (call $fd_read (i32.load (i32.const 4)) (i32.const 8) (i32.const 1) (i32.const 16)))
      (i32.store (i32.const 12) (i32.load (i32.const 16)))
      (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 20)))
      (br_if $more (i32.load (i32.const 16)))))
  ;; Opened, asked for with following, and read as a link.
  (func $try (param $fd i32) (param $path i32) (param $len i32) (param $want i32) (param $code i32) (local $got i32)
    (local.set $got (call $path_open (local.get $fd) (i32.const 1) (local.get $path) (local.get $len) (i32.const 0)
      (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 4)))
    (if (i32.eqz (local.get $got)) (then (call $tell)))
    (call $expect (local.get $got) (local.get $want) (local.get $code))
    (call $expect (call $path_stat (local.get $fd) (i32.const 1) (local.get $path) (local.get $len) (i32.const 64)) (local.get $want) (local.get $code))
    (call $expect (call $path_readlink (local.get $fd) (local.get $path) (local.get $len) (i32.const 512) (i32.const 256) (i32.const 20))
      (local.get $want) (local.get $code)))
  (func (export "_start")
    (call $try (i32.const 3) (i32.const 1040) (i32.const 17) (i32.const 76) (i32.const 1))
    (call $expect (call $path_stat (i32.const 3) (i32.const 0) (i32.const 1040) (i32.const 17) (i32.const 64)) (i32.const 76) (i32.const 11))
    (call $try (i32.const 3) (i32.const 1024) (i32.const 4) (i32.const 76) (i32.const 2))
    (call $expect (call $path_stat (i32.const 3) (i32.const 0) (i32.const 1024) (i32.const 4) (i32.const 64)) (i32.const 76) (i32.const 12))
    (call $try (i32.const 3) (i32.const 1072) (i32.const 14) (i32.const 76) (i32.const 3))
    (call $expect (call $path_stat (i32.const 3) (i32.const 0) (i32.const 1072) (i32.const 14) (i32.const 64)) (i32.const 76) (i32.const 13))
    (call $try (i32.const 3) (i32.const 1088) (i32.const 24) (i32.const 76) (i32.const 4))
    (call $expect (call $path_stat (i32.const 3) (i32.const 0) (i32.const 1088) (i32.const 24) (i32.const 64)) (i32.const 76) (i32.const 14))
    (call $try (i32.const 3) (i32.const 1120) (i32.const 14) (i32.const 76) (i32.const 5))
    (call $expect (call $path_stat (i32.const 3) (i32.const 0) (i32.const 1120) (i32.const 14) (i32.const 64)) (i32.const 76) (i32.const 15))
    (call $try (i32.const 3) (i32.const 1136) (i32.const 24) (i32.const 76) (i32.const 6))
    (call $expect (call $path_stat (i32.const 3) (i32.const 0) (i32.const 1136) (i32.const 24) (i32.const 64)) (i32.const 76) (i32.const 16))
    (call $try (i32.const 3) (i32.const 1168) (i32.const 13) (i32.const 76) (i32.const 7))
    (call $expect (call $path_stat (i32.const 3) (i32.const 0) (i32.const 1168) (i32.const 13) (i32.const 64)) (i32.const 76) (i32.const 17))
    ;; The same places through links of a small mount.
    (call $try (i32.const 4) (i32.const 1184) (i32.const 7) (i32.const 63) (i32.const 21))
    (call $try (i32.const 4) (i32.const 1200) (i32.const 3) (i32.const 63) (i32.const 22))
    (call $try (i32.const 4) (i32.const 1216) (i32.const 7) (i32.const 63) (i32.const 23))
    (call $try (i32.const 4) (i32.const 1232) (i32.const 7) (i32.const 63) (i32.const 24))
    (call $try (i32.const 4) (i32.const 1248) (i32.const 2) (i32.const 63) (i32.const 25))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! setting: {directories: {root: {in.txt: inside, link: {link: in.txt}}}}
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: directory, at: /host, source: /}, {kind: directory, at: /data, source: "{dir:root}"}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: inside, effects: []}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_readlink" (func $path_readlink (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; A vector of 256 bytes at 512.
  (data (i32.const 8) "\00\02\00\00\00\01\00\00")
  (data (i32.const 1024) "etc")
  (data (i32.const 1040) "link")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
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
    ;; What lies on the file system of the mount itself is served.
    (call $expect (call $path_stat (i32.const 3) (i32.const 0) (i32.const 1024) (i32.const 3) (i32.const 64)) (i32.const 0) (i32.const 1))
    (call $expect (i32.load8_u (i32.const 80)) (i32.const 3) (i32.const 2))
    (call $expect (call $path_open (i32.const 4) (i32.const 1) (i32.const 1040) (i32.const 4) (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 4)) (i32.const 0) (i32.const 3))
    (call $tell)
    (call $expect (call $path_readlink (i32.const 4) (i32.const 1040) (i32.const 4) (i32.const 512) (i32.const 256) (i32.const 20)) (i32.const 0) (i32.const 4))
    (call $expect (i32.load (i32.const 20)) (i32.const 6) (i32.const 5))
    (call $proc_exit (i32.const 0))))
