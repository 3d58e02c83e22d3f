;;! title: A NUL in the middle of a path, a line, the name of a metric, of a timing and of a key
;;! threats: [MEM-19]
;;! provenance: nodejs/uvwasi#266 (path with a null byte); CVE-2026-48930 (host name with an embedded NUL)
;;! notices: guest-memory (text with a NUL in it goes on to what cuts it there)
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: memory, at: /data}]}, crypto: {keys: []}}}}
;;! expect: {outcomes: [exited], exitCode: 0, audit: []}
(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "log_write" (func $log_write (param i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "metric_record" (func $metric (param i32 i32 i32 f64 i32 i32) (result i32)))
  (import "gauntlet_v1" "result_report" (func $result (param i32 f64 i32 i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "result_timing" (func $timing (param i32 i32 i64) (result i32)))
  (import "gauntlet_v1" "crypto_key" (func $crypto_key (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "good\00bad")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $path_mkdir (i32.const 3) (i32.const 0) (i32.const 8)) (i32.const 28) (i32.const 1))
    (call $expect (call $path_mkdir (i32.const 3) (i32.const 0) (i32.const 5)) (i32.const 28) (i32.const 2))
    (call $expect (call $path_stat (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 512)) (i32.const 44) (i32.const 3))
    (call $expect (call $log_write (i32.const 1) (i32.const 0) (i32.const 8)) (i32.const 28) (i32.const 4))
    (call $expect (call $metric (i32.const 1) (i32.const 0) (i32.const 8) (f64.const 1) (i32.const 0) (i32.const 0)) (i32.const 28) (i32.const 5))
    (call $expect (call $metric (i32.const 1) (i32.const 0) (i32.const 4) (f64.const 1) (i32.const 0) (i32.const 5)) (i32.const 28) (i32.const 6))
    (call $expect (call $result (i32.const 0) (f64.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 8)) (i32.const 28) (i32.const 7))
    (call $expect (call $timing (i32.const 0) (i32.const 8) (i64.const 1)) (i32.const 28) (i32.const 8))
    ;; 28 and not 44: it is not asked first whether there is such a key.
    (call $expect (call $crypto_key (i32.const 0) (i32.const 8) (i32.const 64)) (i32.const 28) (i32.const 9))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0, audit: []}
(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_mkdir (param i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "log_write" (func $log_write (param i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "metric_record" (func $metric (param i32 i32 i32 f64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "good\00bad")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $path_mkdir (i32.const 3) (i32.const 0) (i32.const 4)) (i32.const 0) (i32.const 1))
    (call $expect (call $log_write (i32.const 1) (i32.const 5) (i32.const 3)) (i32.const 0) (i32.const 2))
    (call $proc_exit (call $metric (i32.const 1) (i32.const 0) (i32.const 4) (f64.const 1) (i32.const 0) (i32.const 0)))))
