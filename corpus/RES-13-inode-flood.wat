;;! title: Directories made until there may be no more
;;! threats: [RES-13]
;;! provenance: CWE-400; empty files and directories cost the host memory, and no quota of bytes sees them
;;! notices: filesystem-quotas (entries not counted)
;;! run: {policy: {quotas: {inodes: 20}, capabilities: {fs: {mounts: [{kind: memory, at: /data}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, events: [quota-exceeded]}
(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $make (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (local $n i32) (local $errno i32)
    (block $full
      (loop $again
        (i32.store8 (i32.const 0) (i32.add (i32.const 65) (local.get $n)))
        (local.set $errno (call $make (i32.const 3) (i32.const 0) (i32.const 1)))
        (br_if $full (local.get $errno))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $n) (i32.const 50)))))
    (if (i32.gt_u (local.get $n) (i32.const 20)) (then (call $proc_exit (i32.const 1))))
    (if (i32.ne (local.get $errno) (i32.const 19)) (then (call $proc_exit (i32.const 2))))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $make (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_remove_directory" (func $remove (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "d")
  (func (export "_start") (local $n i32)
    (loop $again
      (if (call $make (i32.const 3) (i32.const 0) (i32.const 1)) (then (call $proc_exit (i32.const 1))))
      (if (call $remove (i32.const 3) (i32.const 0) (i32.const 1)) (then (call $proc_exit (i32.const 2))))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $n) (i32.const 50))))
    (call $proc_exit (i32.const 0))))
