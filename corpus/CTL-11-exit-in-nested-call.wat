;;! title: Exit from deep inside the guest, with handlers on every frame
;;! threats: [CTL-11, CTL-01]
;;! provenance: wasi-testsuite proc_exit tests; measured, catch_all catches host exceptions
;;! notices: uncatchable-kill
;;! expect: {outcomes: [exited], exitCode: 9, stdout: "", forbidden: [SURVIVED]}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (table funcref (elem $leave))
  (type $plain (func))
  (data (i32.const 0) "\10\00\00\00\09\00\00\00")
  (data (i32.const 16) "SURVIVED\n")
  (func $leave (call $proc_exit (i32.const 9)))
  (func $down (param $n i32)
    (try
      (do
        (if (local.get $n)
          (then (call $down (i32.sub (local.get $n) (i32.const 1))))
          (else (call_indirect (type $plain) (i32.const 0)))))
      (catch_all (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))))
  (func (export "_start") (call $down (i32.const 50)) (call $proc_exit (i32.const 1))))
;;! --- twin
;;! expect: {outcomes: [exited], exitCode: 9, stdout: ""}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (func $down (param $n i32)
    (if (local.get $n)
      (then (call $down (i32.sub (local.get $n) (i32.const 1))))
      (else (call $proc_exit (i32.const 9)))))
  (func (export "_start") (call $down (i32.const 50))))
