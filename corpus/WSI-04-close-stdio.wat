;;! title: The guest closes its standard output, twice, and writes to it
;;! threats: [WSI-04]
;;! provenance: wasi-testsuite stdio; uvwasi fixes of the rights of standard streams
;;! notices: handle-table (fd_close does nothing, or closes the host's own stream)
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "", forbidden: [SURVIVED]}
(module
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\09\00\00\00")
  (data (i32.const 16) "SURVIVED\n")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $fd_close (i32.const 1)) (i32.const 0) (i32.const 1))
    (call $expect (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)) (i32.const 8) (i32.const 2))
    (call $expect (call $fd_close (i32.const 1)) (i32.const 8) (i32.const 3))
    (call $expect (call $fd_write (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 64)) (i32.const 0) (i32.const 4))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "open\n"}
(module
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\05\00\00\00")
  (data (i32.const 16) "open\n")
  (func (export "_start")
    (if (call $fd_close (i32.const 0)) (then (call $proc_exit (i32.const 1))))
    (call $proc_exit (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))))
