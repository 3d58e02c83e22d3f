;;! title: Endless loop around table.fill of a million elements
;;! threats: [RES-02, HST-11]
;;! provenance: measured, a worker in this loop outlives terminate() by more than 20 s on Node 20, 22, 24 and 26
;;! notices: kill-ladder
;;! run: {limits: {wallClockMs: 800, cpuMs: 1500, tableElements: 1000000}}
;;! expect: {outcomes: [limit], details: [wall-clock-limit, cpu-limit]}
(module
  (table $t 1000000 1000000 funcref)
  (elem declare func $f)
  (func $f)
  (func (export "run")
    (loop $again
      (table.fill $t (i32.const 0) (ref.func $f) (i32.const 1000000))
      (br $again))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed]}
(module
  (table $t 100000 100000 funcref)
  (elem declare func $f)
  (func $f)
  (func (export "run")
    (table.fill $t (i32.const 0) (ref.func $f) (i32.const 100000))))
