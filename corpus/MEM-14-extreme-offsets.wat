;;! title: 64-bit arguments at both ends of their range
;;! threats: [MEM-14]
;;! provenance: "uvwasi#254 and #258 (large offsets); measured, a u64 of all ones arrives as -1n and a Number returned for an i64 throws"
;;! notices: abi-table (64-bit values converted to Number, or mixed with it)
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "fd_seek" (func $fd_seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_tell" (func $fd_tell (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; A standard stream does not seek: any error number of the table will do, but it must be one.
  (func $errno (param $got i32) (param $code i32)
    (if (i32.or (i32.eqz (local.get $got)) (i32.gt_u (local.get $got) (i32.const 76))) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $errno (call $fd_seek (i32.const 1) (i64.const -1) (i32.const 0) (i32.const 64)) (i32.const 1))
    (call $errno (call $fd_seek (i32.const 1) (i64.const 0x8000000000000000) (i32.const 1) (i32.const 64)) (i32.const 2))
    (call $errno (call $fd_seek (i32.const 1) (i64.const 0x7fffffffffffffff) (i32.const 2) (i32.const 64)) (i32.const 3))
    (call $errno (call $fd_seek (i32.const 1) (i64.const 0x0020000000000001) (i32.const 0) (i32.const 64)) (i32.const 4))
    (if (call $clock_time_get (i32.const 0) (i64.const -1) (i32.const 64)) (then (call $proc_exit (i32.const 5))))
    (if (i64.eqz (i64.load (i32.const 64))) (then (call $proc_exit (i32.const 6))))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (if (call $clock_time_get (i32.const 0) (i64.const 1) (i32.const 64)) (then (call $proc_exit (i32.const 5))))
    (if (i64.eqz (i64.load (i32.const 64))) (then (call $proc_exit (i32.const 6))))
    (call $proc_exit (i32.const 0))))
