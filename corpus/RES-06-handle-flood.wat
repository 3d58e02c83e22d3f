;;! title: Files opened until there is no handle left, and one more
;;! threats: [RES-06]
;;! provenance: CWE-774; a host that hands out descriptors of its own runs out of them for everybody
;;! notices: handle-table (open handles not counted, or one too many)
;;! run: {policy: {quotas: {handles: 8}, capabilities: {fs: {mounts: [{kind: memory, at: /data}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, events: [quota-exceeded]}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "f")
  (func $open (result i32)
    (call $path_open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1) (i64.const 66) (i64.const 0) (i32.const 0) (i32.const 64)))
  (func (export "_start") (local $n i32) (local $errno i32)
    (block $full
      (loop $again
        (local.set $errno (call $open))
        (br_if $full (local.get $errno))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $n) (i32.const 100)))))
    ;; Three streams and the mount take four of eight.
    (if (i32.ne (local.get $n) (i32.const 4)) (then (call $proc_exit (i32.const 1))))
    (if (i32.ne (local.get $errno) (i32.const 33)) (then (call $proc_exit (i32.const 2))))
    ;; What is given back can be had again, once.
    (if (call $fd_close (i32.const 5)) (then (call $proc_exit (i32.const 3))))
    (if (call $open) (then (call $proc_exit (i32.const 4))))
    (if (i32.ne (call $open) (i32.const 33)) (then (call $proc_exit (i32.const 5))))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "f")
  (func (export "_start") (local $n i32)
    (loop $again
      (if (call $path_open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1) (i64.const 66) (i64.const 0) (i32.const 0) (i32.const 64))
        (then (call $proc_exit (i32.const 1))))
      (if (call $fd_close (i32.load (i32.const 64))) (then (call $proc_exit (i32.const 2))))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $n) (i32.const 100))))
    (call $proc_exit (i32.const 0))))
