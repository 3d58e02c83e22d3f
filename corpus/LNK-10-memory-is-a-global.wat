;;! title: The export "memory" is a global while the guest makes host calls
;;! threats: [LNK-10]
;;! provenance: measured, new Uint8Array(undefined) is an empty view without an error, and a DataView on it throws inside the host call
;;! notices: export-map (the memory is taken by name without a look at its kind)
;;! expect: {outcomes: [refused, completed, exited]}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (memory $real 1)
  (global (export "memory") i32 (i32.const 7))
  (data (i32.const 0) "\10\00\00\00\03\00\00\00")
  (func (export "run") (result i32)
    (drop (call $random_get (i32.const 64) (i32.const 8)))
    (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"], stdout: "abc"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\03\00\00\00")
  (data (i32.const 16) "abc")
  (func (export "run") (result i32)
    (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
