;;! title: Endless loop around a 32 MiB overlapping memory.copy
;;! threats: [RES-02, CTL-08, HST-11]
;;! provenance: measured on Node 20, 22, 24 and 26 like memory.fill; GHSA-2hw9-mc66-jc2q (copies exceed the interruption budget)
;;! notices: kill-ladder
;;! run: {limits: {wallClockMs: 800, cpuMs: 1500, memoryBytes: 104857600}}
;;! expect: {outcomes: [limit], details: [wall-clock-limit, cpu-limit]}
(module
  (memory (export "memory") 1024 1024)
  (func (export "run")
    (loop $again
      (memory.copy (i32.const 1) (i32.const 0) (i32.const 67108863))
      (br $again))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], values: ["7"]}
(module
  (memory (export "memory") 1024 1024)
  (func (export "run") (result i32)
    (i32.store8 (i32.const 0) (i32.const 7))
    (memory.copy (i32.const 1) (i32.const 0) (i32.const 67108863))
    (i32.load8_u (i32.const 1))))
