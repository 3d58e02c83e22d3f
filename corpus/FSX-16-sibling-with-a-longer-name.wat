;;! title: A directory beside the grant whose name begins with the name of the grant
;;! threats: [FSX-16]
;;! provenance: CVE-2026-58043 and CVE-2024-21890 (Node.js permission model, path matching)
;;! notices: path-resolution (confinement decided by comparing the beginnings of paths)
;;! setting: {directories: {data: {in.txt: inside, near: {link: ../data-secret}, far: {link: "{dir:data}-secret/secret.txt"}}, data-secret: {secret.txt: "{secret}"}}}
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: directory, at: /data, source: "{dir:data}", writable: true}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "", events: [file-access], effects: []}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; A vector of 256 bytes at 512.
  (data (i32.const 8) "\00\02\00\00\00\01\00\00")
  (data (i32.const 1024) "../data-secret/secret.txt")
  (data (i32.const 1056) "../data-secret")
  (data (i32.const 1072) "../data/../data-secret/secret.txt")
  (data (i32.const 1120) "../data-secret/../data/in.txt")
  (data (i32.const 1152) "near/secret.txt")
  (data (i32.const 1168) "far")
  (data (i32.const 1184) "../data-secret/new.txt")
  (data (i32.const 1216) "-secret/secret.txt")
  (data (i32.const 1248) "-secret")
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
  (func $try (param $path i32) (param $len i32) (param $want i32) (param $code i32) (local $got i32)
    (local.set $got (call $open (local.get $path) (local.get $len) (i32.const 0) (i64.const 2)))
    (if (i32.eqz (local.get $got)) (then (call $tell)))
    (call $expect (local.get $got) (local.get $want) (local.get $code))
    (call $expect (call $path_stat (i32.const 3) (i32.const 1) (local.get $path) (local.get $len) (i32.const 64)) (local.get $want) (local.get $code)))
  (func (export "_start")
    (call $try (i32.const 1024) (i32.const 25) (i32.const 63) (i32.const 1))
    (call $try (i32.const 1056) (i32.const 14) (i32.const 63) (i32.const 2))
    (call $try (i32.const 1072) (i32.const 33) (i32.const 63) (i32.const 3))
    (call $try (i32.const 1120) (i32.const 29) (i32.const 63) (i32.const 4))
    (call $try (i32.const 1152) (i32.const 15) (i32.const 63) (i32.const 5))
    (call $try (i32.const 1168) (i32.const 3) (i32.const 63) (i32.const 6))
    (call $try (i32.const 1216) (i32.const 18) (i32.const 44) (i32.const 8))
    (call $try (i32.const 1248) (i32.const 7) (i32.const 44) (i32.const 9))
    ;; A file made beside the grant, and a directory.
    (call $expect (call $open (i32.const 1184) (i32.const 22) (i32.const 1) (i64.const 66)) (i32.const 63) (i32.const 20))
    (call $expect (call $path_mkdir (i32.const 3) (i32.const 1184) (i32.const 22)) (i32.const 63) (i32.const 21))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! setting: {directories: {data: {in.txt: "inside "}, data-secret: {in.txt: beside}}}
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: directory, at: /data, source: "{dir:data}"}, {kind: directory, at: /data-secret, source: "{dir:data-secret}"}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: inside inside beside, effects: []}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; A vector of 256 bytes at 512.
  (data (i32.const 8) "\00\02\00\00\00\01\00\00")
  (data (i32.const 1024) "in.txt")
  (data (i32.const 1040) "in.txt")
  (data (i32.const 1056) ".//in.txt")
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
    (call $expect (call $open (i32.const 1024) (i32.const 6) (i32.const 0) (i64.const 2)) (i32.const 0) (i32.const 1))
    (call $tell)
    (call $expect (call $open (i32.const 1056) (i32.const 9) (i32.const 0) (i64.const 2)) (i32.const 0) (i32.const 2))
    (call $tell)
    ;; The second mount has a descriptor of its own, and is not reached from the first.
    (call $expect (call $path_open (i32.const 4) (i32.const 1) (i32.const 1040) (i32.const 6) (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 4)) (i32.const 0) (i32.const 3))
    (call $tell)
    (call $proc_exit (i32.const 0))))
