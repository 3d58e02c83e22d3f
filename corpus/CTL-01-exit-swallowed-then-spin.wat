;;! title: catch_all around proc_exit, and then a loop that needs no host
;;! threats: [CTL-01, CTL-11]
;;! provenance: measured on Node 20, 22, 24 and 26, catch_all catches a JavaScript exception thrown by an import
;;! notices: host-call-gate (the end of the guest is thrown instead of trapped, and no later host call is there to refuse)
;;! run: {limits: {wallClockMs: 800, cpuMs: 800}}
;;! expect: {outcomes: [exited], details: [exited], exitCode: 7}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (func (export "_start")
    (try (do (call $proc_exit (i32.const 7))) (catch_all))
    (loop $spin (br $spin))))
;;! --- twin
;;! expect: {outcomes: [exited], exitCode: 7}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (tag $own)
  (func (export "_start")
    (try (do (throw $own)) (catch_all))
    (call $proc_exit (i32.const 7))))
