;;! title: Numbers of buffers that cannot be there, and one whose size in bytes wraps to 8
;;! threats: [MEM-10, RES-05]
;;! provenance: GHSA-852m-cvvp-9p4w; wasmtime test p1_cli_hostcall_fuel
;;! notices: guest-memory (table of buffers allocated or walked by its declared count)
;;! run: {limits: {memoryBytes: 104857600}}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "", residentMiB: 480}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1024 1024)
  (func $refuse (param $count i32) (param $code i32)
    (if (i32.eqz (call $fd_write (i32.const 1) (i32.const 0) (local.get $count) (i32.const 64))) (then (call $proc_exit (local.get $code))))
    (if (i32.eqz (call $fd_read (i32.const 0) (i32.const 0) (local.get $count) (i32.const 64))) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $refuse (i32.const -1) (i32.const 1))
    (call $refuse (i32.const 0x20000001) (i32.const 2))
    (call $refuse (i32.const 0x1fffffff) (i32.const 3))
    (call $refuse (i32.const 0x80000000) (i32.const 4))
    ;; Eight million empty buffers really are there; whatever is answered, it must come soon and cost the host next to nothing.
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 8388607) (i32.const 64)))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "abc"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\80\00\00\00\01\00\00\00\81\00\00\00\01\00\00\00\00\00\00\00\00\00\00\00\82\00\00\00\01\00\00\00")
  (data (i32.const 128) "abc")
  (func (export "_start")
    (call $proc_exit (call $fd_write (i32.const 1) (i32.const 0) (i32.const 4) (i32.const 64)))))
