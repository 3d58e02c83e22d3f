;;! title: The longest sleep that can be asked for
;;! threats: [WSI-09]
;;! provenance: wasmtime test p2_cli_sleep_forever
;;! notices: wall-clock-limit (only processor time counted), poll-limits (a wait that nothing outside can end)
;;! run: {limits: {wallClockMs: 700}}
;;! expect: {outcomes: [limit], details: [wall-clock-limit]}
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "run") (result i32)
    (i32.store (i32.const 16) (i32.const 1))
    (i64.store (i32.const 24) (i64.const -1))
    (loop $again
      (drop (call $poll_oneoff (i32.const 0) (i32.const 256) (i32.const 1) (i32.const 512)))
      (br $again))
    (i32.const 0)))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "run") (result i32)
    (i32.store (i32.const 16) (i32.const 1))
    (i64.store (i32.const 24) (i64.const 20000000))
    (call $poll_oneoff (i32.const 0) (i32.const 256) (i32.const 1) (i32.const 512))))
