;;! title: Log lines without end, and one that is longer than all of them together may be
;;! threats: [RES-08, OUT-10]
;;! provenance: CWE-779 (logging of excessive data); what a guest reports is kept in the host's memory
;;! notices: report-quotas (lines counted, and not their bytes, or neither)
;;! run: {policy: {quotas: {reports: 10, reportBytes: 1000}}}
;;! expect: {outcomes: [exited], exitCode: 0, events: [quota-exceeded, quota-exceeded]}
(module
  (import "gauntlet_v1" "log_write" (func $log (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "line")
  (func (export "_start") (local $n i32)
    (memory.fill (i32.const 1024) (i32.const 97) (i32.const 1001))
    (if (i32.ne (call $log (i32.const 1) (i32.const 1024) (i32.const 1001)) (i32.const 19)) (then (call $proc_exit (i32.const 1))))
    (block $full
      (loop $again
        (br_if $full (call $log (i32.const 1) (i32.const 0) (i32.const 4)))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $n) (i32.const 10000)))))
    (if (i32.ne (local.get $n) (i32.const 10)) (then (call $proc_exit (i32.const 2))))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "gauntlet_v1" "log_write" (func $log (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "line")
  (func (export "_start")
    (if (call $log (i32.const 1) (i32.const 0) (i32.const 4)) (then (call $proc_exit (i32.const 1))))
    (call $proc_exit (i32.const 0))))
