;;! title: A length that runs past the end, where JavaScript hands out a shorter view without complaint
;;! threats: [MEM-03]
;;! provenance: measured, subarray and slice clamp to the end and give a short or empty view without an error
;;! notices: guest-memory (length of the view not compared with the length asked for)
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "", forbidden: [LEAK]}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\fc\ff\00\00\00\10\00\00")
  (data (i32.const 65532) "LEAK")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 32)) (i32.const 21) (i32.const 1))
    (call $expect (call $random_get (i32.const 65532) (i32.const 4096)) (i32.const 21) (i32.const 2))
    (call $expect (i32.load (i32.const 65532)) (i32.const 0x4b41454c) (i32.const 3))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "SEAL"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\fc\ff\00\00\04\00\00\00")
  (data (i32.const 65532) "SEAL")
  (func (export "_start")
    (call $proc_exit (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 32)))))
