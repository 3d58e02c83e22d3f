;;! title: Endless loop around table.copy of a million elements
;;! threats: [RES-02, HST-11]
;;! provenance: measured, a worker in this loop outlives terminate() by more than 20 s on Node 20, 22, 24 and 26
;;! notices: kill-ladder
;;! run: {limits: {wallClockMs: 800, cpuMs: 1500, tableElements: 1000000}}
;;! expect: {outcomes: [limit], details: [wall-clock-limit, cpu-limit]}
(module
  (table $t 1000000 1000000 funcref)
  (func (export "run")
    (loop $again
      (table.copy $t $t (i32.const 1) (i32.const 0) (i32.const 999999))
      (br $again))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed]}
(module
  (table $t 100000 100000 funcref)
  (func (export "run")
    (table.copy $t $t (i32.const 1) (i32.const 0) (i32.const 99999))))
