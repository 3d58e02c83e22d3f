;;! title: Exit with a code that is negative as an i32 and does not fit in a process's exit status
;;! threats: [CTL-11]
;;! provenance: WASI preview 1, exitcode is a u32; wasi-testsuite proc_exit tests
;;! notices: enumerated-outcomes (a code outside the process's range becomes an error, or ends the host's process)
;;! expect: {outcomes: [exited]}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (func (export "_start") (call $proc_exit (i32.const -1)) (call $proc_exit (i32.const 0))))
;;! --- twin
;;! expect: {outcomes: [exited], exitCode: 42}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (func (export "_start") (call $proc_exit (i32.const 42))))
