;;! title: Some hundred 64 MiB fills of the memory, which end by themselves, but long after the limit
;;! threats: [RES-02, CTL-08, HST-11]
;;! provenance: measured, a worker in such a loop outlives terminate() by seconds on Node 20, 22, 24 and 26; GHSA-2hw9-mc66-jc2q
;;! notices: kill-ladder (the limit is noticed, and nobody ends the guest)
;;! run: {limits: {wallClockMs: 400, cpuMs: 1500, memoryBytes: 104857600}}
;;! expect: {outcomes: [limit], details: [wall-clock-limit, cpu-limit]}
(module
  (memory (export "memory") 1024 1024)
  (func (export "run") (local $n i32)
    (local.set $n (i32.const 400))
    (loop $again
      (memory.fill (i32.const 0) (local.get $n) (i32.const 67108864))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (local.get $n)))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], values: ["2"]}
(module
  (memory (export "memory") 1024 1024)
  (func (export "run") (result i32)
    (memory.fill (i32.const 0) (i32.const 1) (i32.const 67108864))
    (memory.fill (i32.const 0) (i32.const 2) (i32.const 67108864))
    (i32.load8_u (i32.const 67108863))))
