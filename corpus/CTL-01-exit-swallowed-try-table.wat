;;! title: try_table with catch_all around proc_exit in a loop
;;! threats: [CTL-01]
;;! provenance: measured on Node 22, 24 and 26, try_table catches host exceptions just as the legacy form does
;;! notices: uncatchable-kill with host-call-gate
;;! run: {limits: {wallClockMs: 4000}}
;;! expect: {outcomes: [exited], exitCode: 7, stdout: "", forbidden: [SURVIVED]}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\09\00\00\00")
  (data (i32.const 16) "SURVIVED\n")
  (func (export "_start") (local $times i32)
    (loop $again
      (block $caught
        (try_table (catch_all $caught) (call $proc_exit (i32.const 7))))
      (block $refused
        (try_table (catch_all $refused) (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
      (local.set $times (i32.add (local.get $times) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $times) (i32.const 3))))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 7, stdout: "caught\n"}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (tag $own)
  (data (i32.const 0) "\10\00\00\00\07\00\00\00")
  (data (i32.const 16) "caught\n")
  (func (export "_start")
    (block $caught
      (try_table (catch_all $caught) (throw $own)))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (call $proc_exit (i32.const 7))))
