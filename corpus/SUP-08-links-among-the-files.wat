;;! title: Links among the files that a guest leaves, which lead out for whoever unpacks or uses them next
;;! threats: [SUP-08]
;;! provenance: CVE-2025-59343 (tar-fs); CVE-2026-42574 (apko); CWE-59
;;! notices: package-extraction (links are made again on the host)
;;! setting: {directories: {out: {}, outside: {secret.txt: untouched}}}
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: memory, at: /data}]}}}, supply: {out: "{dir:out}"}}
;;! expect: {outcomes: [exited], exitCode: 0, effects: [out/data created, out/data/dir created, out/data/dir/file created]}
(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_symlink" (func $path_symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "dir")
  (data (i32.const 80) "dir/file")
  (data (i32.const 96) "link")
  (data (i32.const 112) "dir/up")
  (data (i32.const 128) "../dir")
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $path_mkdir (i32.const 3) (i32.const 64) (i32.const 3)) (i32.const 0) (i32.const 1))
    (call $expect (call $path_open (i32.const 3) (i32.const 0) (i32.const 80) (i32.const 8) (i32.const 1) (i64.const 64) (i64.const 64) (i32.const 0) (i32.const 0))
      (i32.const 0) (i32.const 2))
    ;; Both stay within the mount, so that the guest may make them; what they mean elsewhere is another matter.
    (call $expect (call $path_symlink (i32.const 64) (i32.const 3) (i32.const 3) (i32.const 96) (i32.const 4)) (i32.const 0) (i32.const 3))
    (call $expect (call $path_symlink (i32.const 128) (i32.const 6) (i32.const 3) (i32.const 112) (i32.const 6)) (i32.const 0) (i32.const 4))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0, effects: [out/data created, out/data/dir created, out/data/dir/file created]}
(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "dir")
  (data (i32.const 80) "dir/file")
  (func (export "_start")
    (drop (call $path_mkdir (i32.const 3) (i32.const 64) (i32.const 3)))
    (call $proc_exit
      (call $path_open (i32.const 3) (i32.const 0) (i32.const 80) (i32.const 8) (i32.const 1) (i64.const 64) (i64.const 64) (i32.const 0) (i32.const 0)))))
