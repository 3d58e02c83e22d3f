;;! title: An exit within three calls, each of which catches everything, by way of a table and of a host call that is handed out again
;;! threats: [CTL-02]
;;! provenance: measured on Node 20, 22, 24 and 26, a raw trap escaped catch_all, one that was wrapped in an Error was caught and the guest returned 99
;;! notices: uncatchable-kill (the trap is caught and thrown again as an error of the host's)
;;! run: {limits: {wallClockMs: 4000}}
;;! expect: {outcomes: [exited], exitCode: 7, stdout: "", forbidden: [SURVIVED]}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (type $one (func (param i32)))
  (table 1 funcref)
  (elem (i32.const 0) $proc_exit)
  (data (i32.const 0) "\10\00\00\00\09\00\00\00")
  (data (i32.const 16) "SURVIVED\n")
  (func $say (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func $first (try (do (call_indirect (type $one) (i32.const 7) (i32.const 0))) (catch_all (call $say))) (call $say))
  (func $second (try (do (call $first)) (catch_all (call $say))) (call $say))
  (func (export "_start")
    (try (do (call $second)) (catch_all))
    ;; Whoever gets here has survived, whatever the host thinks of its calls.
    (loop $on (br $on))))
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
  (func $first (throw $own))
  (func $second (call $first))
  (func (export "_start")
    (try (do (call $second)) (catch_all (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
    (call $proc_exit (i32.const 7))))
