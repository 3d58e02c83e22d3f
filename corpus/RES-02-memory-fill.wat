;;! title: Endless loop around a 64 MiB memory.fill, which outlives the end of its thread
;;! threats: [RES-02, CTL-08, HST-11]
;;! provenance: measured, a worker in this loop outlives terminate() by more than 20 s on Node 20, 22, 24 and 26; GHSA-2hw9-mc66-jc2q
;;! notices: kill-ladder (terminate() without SIGKILL behind it)
;;! run: {limits: {wallClockMs: 800, cpuMs: 1500, memoryBytes: 104857600}}
;;! expect: {outcomes: [limit], details: [wall-clock-limit, cpu-limit]}
(module
  (memory (export "memory") 1024 1024)
  (func (export "run")
    (loop $again
      (memory.fill (i32.const 0) (i32.const 1) (i32.const 67108864))
      (br $again))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], values: ["1"]}
(module
  (memory (export "memory") 1024 1024)
  (func (export "run") (result i32)
    (memory.fill (i32.const 0) (i32.const 1) (i32.const 67108864))
    (i32.load8_u (i32.const 67108863))))
