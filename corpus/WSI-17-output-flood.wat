;;! title: Output without end on both streams
;;! threats: [WSI-17, RES-08]
;;! provenance: wasmtime tests p1_cli_much_stdout and p2_cli_stdout_epipe
;;! notices: output-caps (no cap, or one for each stream)
;;! run: {limits: {outputBytes: 262144, wallClockMs: 2000, cpuMs: 2000}}
;;! expect: {outcomes: [limit], details: [output-limit], events: [output-limit], residentMiB: 500}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\00\10\00\00\00\80\00\00")
  (func (export "_start")
    (memory.fill (i32.const 4096) (i32.const 46) (i32.const 32768))
    (loop $again
      (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))
      (drop (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 64)))
      (br $again))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed]}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\00\10\00\00\00\80\00\00")
  (func (export "_start")
    (if (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)) (then (unreachable)))
    (if (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 64)) (then (unreachable)))))
