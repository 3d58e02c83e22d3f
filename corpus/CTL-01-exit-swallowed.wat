;;! title: catch_all around proc_exit, and on with the work
;;! threats: [CTL-01]
;;! provenance: measured on Node 20, 22, 24 and 26, catch_all catches a JavaScript exception thrown by an import; exit by throwing is the pattern of browser_wasi_shim
;;! notices: uncatchable-kill (proc_exit throws an error) with host-call-gate (no look at the liveness)
;;! run: {limits: {wallClockMs: 4000}}
;;! expect: {outcomes: [exited], exitCode: 7, stdout: "", forbidden: [SURVIVED]}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\09\00\00\00")
  (data (i32.const 16) "SURVIVED\n")
  (func (export "_start")
    (try (do (call $proc_exit (i32.const 7))) (catch_all))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
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
    (try (do (throw $own)) (catch_all))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (call $proc_exit (i32.const 7))))
