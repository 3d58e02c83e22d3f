;;! title: Host calls with pointers from a guest that has no memory at all
;;! threats: [LNK-10, MEM-02]
;;! provenance: measured, new Uint8Array(undefined) is an empty view without an error
;;! notices: guest-memory (a missing memory is taken for an empty one, or throws)
;;! expect: {outcomes: [refused, completed]}
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (func (export "run") (result i32)
    (drop (call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 0)))
    (if (result i32) (i32.eqz (call $random_get (i32.const 0) (i32.const 8)))
      (then (unreachable))
      (else (i32.const 0)))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "run") (result i32)
    (call $random_get (i32.const 0) (i32.const 8))))
