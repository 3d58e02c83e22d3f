;;! title: A hang beside an honest guest of the same host
;;! threats: [CTL-15, RES-11]
;;! provenance: GHSA-6wgr-89rj-399p and CVE-2022-39393 for neighbours that see each other; arXiv 2509.11242 for what they take from each other
;;! notices: jail or cell (two guests share a thread, or die together without saying so)
;;! conditions: [benign-neighbour]
;;! run: {limits: {wallClockMs: 800, cpuMs: 800}}
;;! expect: {outcomes: [limit], details: [wall-clock-limit, cpu-limit]}
(module
  (memory (export "memory") 1)
  (func (export "run")
    (loop $again
      (memory.fill (i32.const 0) (i32.const 90) (i32.const 65536))
      (br $again))))
;;! --- twin
;;! conditions: [benign-neighbour]
;;! expect: {outcomes: [completed], values: ["90"]}
(module
  (memory (export "memory") 1)
  (func (export "run") (result i32)
    (memory.fill (i32.const 0) (i32.const 90) (i32.const 65536))
    (i32.load8_u (i32.const 65535))))
