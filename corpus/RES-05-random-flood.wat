;;! title: Endless loop around 16 MiB of random bytes, one host call that takes long
;;! threats: [RES-05, RES-08, RES-02]
;;! provenance: wasmtime tests p1_cli_hostcall_fuel and p3_cli_random_limits; work of the host that no instruction of the guest accounts for
;;! notices: wall-clock-limit and cpu-limit, or cell
;;! run: {limits: {wallClockMs: 1000, cpuMs: 1000}}
;;! expect: {outcomes: [limit], details: [wall-clock-limit, cpu-limit], residentMiB: 500}
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (memory (export "memory") 256 256)
  (func (export "run")
    (loop $again
      (drop (call $random_get (i32.const 0) (i32.const 16777216)))
      (br $again))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (memory (export "memory") 256 256)
  (func (export "run") (result i32) (call $random_get (i32.const 0) (i32.const 16777216))))
