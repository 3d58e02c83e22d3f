;;! title: A second call of an instance while the first is in the middle of a host call, and exports with the names that asyncify gives
;;! threats: [CTL-06]
;;! provenance: "emscripten#20058, #10384 and PR #27376; binaryen PR #5044 (a second entry while the first is suspended disturbs what both use)"
;;! notices: instance-states (several activations at a time)
;;! run: {calls: [{call: slow}, {call: quick, together: true}], limits: {wallClockMs: 5000}}
;;! expect: {outcomes: [refused], details: [call-refused], stdout: ""}
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (global $inside (mut i32) (i32.const 0))
  (data (i32.const 0) "\10\00\00\00\08\00\00\00")
  (data (i32.const 16) "REENTRY\n")
  ;; Waits for half a second: one subscription to the monotonic clock.
  (func (export "slow") (result i32)
    (global.set $inside (i32.const 1))
    (i32.store (i32.const 144) (i32.const 1))
    (i64.store (i32.const 152) (i64.const 500000000))
    (drop (call $poll (i32.const 128) (i32.const 256) (i32.const 1) (i32.const 512)))
    (global.set $inside (i32.const 0))
    (i32.const 1))
  (func $none (global.set $inside (i32.const 2)))
  (export "asyncify_start_unwind" (func $none))
  (export "asyncify_stop_unwind" (func $none))
  (export "asyncify_start_rewind" (func $none))
  (export "asyncify_stop_rewind" (func $none))
  (func (export "asyncify_get_state") (result i32) (i32.const 1))
  (func (export "quick") (result i32)
    (if (global.get $inside) (then (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
    (global.get $inside)))
;;! --- twin
;;! run: {calls: [{call: slow}, {call: quick}], limits: {wallClockMs: 5000}}
;;! expect: {outcomes: [completed], values: ["0"], stdout: ""}
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (global $inside (mut i32) (i32.const 0))
  (func (export "slow") (result i32)
    (global.set $inside (i32.const 1))
    (i32.store (i32.const 144) (i32.const 1))
    (i64.store (i32.const 152) (i64.const 100000000))
    (drop (call $poll (i32.const 128) (i32.const 256) (i32.const 1) (i32.const 512)))
    (global.set $inside (i32.const 0))
    (i32.const 1))
  (func (export "quick") (result i32) (global.get $inside)))
