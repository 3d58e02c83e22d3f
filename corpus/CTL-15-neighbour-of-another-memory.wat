;;! title: A guest that writes out all of its memory beside an honest guest with a secret in its own
;;! threats: [CTL-15]
;;! provenance: CWE-488; hosts that keep one view or buffer for all guests give one the data of the other
;;! notices: guest-memory (the memory of the last guest is used for every guest)
;;! conditions: [benign-neighbour]
;;! run: {limits: {outputBytes: 262144}}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\00\00\00\00\00\00\01\00")
  (func (export "_start")
    (call $proc_exit (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
;;! --- twin
;;! conditions: [benign-neighbour]
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (func (export "_start") (call $proc_exit (i32.const 0))))
