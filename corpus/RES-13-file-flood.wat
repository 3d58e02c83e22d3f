;;! title: A file that grows until the bytes of all files are used up, and one that is made longer than that at once
;;! threats: [RES-13]
;;! provenance: CWE-400; files in memory are the host's memory
;;! notices: filesystem-quotas (bytes written not counted, or those of a file that is made longer not)
;;! run: {policy: {quotas: {fileBytes: 100000}, capabilities: {fs: {mounts: [{kind: memory, at: /data}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, events: [quota-exceeded]}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $fd_set_size (param i32 i64) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "f")
  (data (i32.const 16) "\00\04\00\00\10\27\00\00") ;; 10,000 bytes at 1024
  (func (export "_start") (local $n i32) (local $errno i32)
    (if (call $path_open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1) (i64.const 4194370) (i64.const 0) (i32.const 0) (i32.const 64))
      (then (call $proc_exit (i32.const 1))))
    (if (i32.ne (call $fd_set_size (i32.load (i32.const 64)) (i64.const 100001)) (i32.const 19)) (then (call $proc_exit (i32.const 2))))
    (block $full
      (loop $again
        (local.set $errno (call $fd_write (i32.load (i32.const 64)) (i32.const 16) (i32.const 1) (i32.const 68)))
        (br_if $full (local.get $errno))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $n) (i32.const 100)))))
    (if (i32.ne (local.get $n) (i32.const 10)) (then (call $proc_exit (i32.const 3))))
    (if (i32.ne (local.get $errno) (i32.const 19)) (then (call $proc_exit (i32.const 4))))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $fd_set_size (param i32 i64) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "f")
  (func (export "_start")
    (if (call $path_open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1) (i64.const 4194370) (i64.const 0) (i32.const 0) (i32.const 64))
      (then (call $proc_exit (i32.const 1))))
    (if (call $fd_set_size (i32.load (i32.const 64)) (i64.const 100000)) (then (call $proc_exit (i32.const 2))))
    (call $proc_exit (i32.const 0))))
