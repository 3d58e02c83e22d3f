;;! title: memory.atomic.wait32 without a timeout, which blocks the thread that hosts it
;;! threats: [CTL-13, MOD-18]
;;! provenance: threads proposal; measured, the wait blocks Node's main thread, timers included
;;! notices: feature-allow-list (threads accepted under the default policy)
;;! run: {limits: {wallClockMs: 800}}
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused]}
(module
  (memory (export "memory") 1 1 shared)
  (func (export "run") (result i32)
    (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (memory (export "memory") 1 1)
  (func (export "run") (result i32) (i32.load (i32.const 0))))
