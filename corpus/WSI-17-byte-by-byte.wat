;;! title: Output without end, one byte at a time, to swamp whatever keeps the pieces
;;! threats: [WSI-17, RES-08]
;;! provenance: wasmtime test p1_cli_much_stdout; a record for each write costs the host hundreds of bytes for one
;;! notices: output-caps (bytes are counted, pieces are kept)
;;! run: {limits: {outputBytes: 262144, wallClockMs: 1500, cpuMs: 1500}}
;;! expect: {outcomes: [limit], details: [output-limit, wall-clock-limit, cpu-limit], residentMiB: 600}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\01\00\00\00")
  (data (i32.const 16) ".")
  (func (export "_start")
    (loop $again
      (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))
      (br $again))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], stdout: ".........."}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\01\00\00\00")
  (data (i32.const 16) ".")
  (func (export "_start") (local $n i32)
    (loop $again
      (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $n) (i32.const 10))))))
