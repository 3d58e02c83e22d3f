;;! title: Two functions that call each other for ever without using stack
;;! threats: [RES-01]
;;! provenance: tail-call proposal; the loop has no backward branch that a loop counter could sit on
;;! notices: wall-clock-limit and cpu-limit
;;! run: {limits: {wallClockMs: 800, cpuMs: 800}}
;;! expect: {outcomes: [limit], details: [wall-clock-limit, cpu-limit]}
(module
  (func $a (param $n i64) (return_call $b (i64.add (local.get $n) (i64.const 1))))
  (func $b (param $n i64) (return_call $a (i64.add (local.get $n) (i64.const 1))))
  (func (export "run") (call $a (i64.const 0))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (func $a (param $n i64) (result i64)
    (if (i64.eqz (local.get $n)) (then (return (local.get $n))))
    (return_call $b (i64.sub (local.get $n) (i64.const 1))))
  (func $b (param $n i64) (result i64)
    (if (i64.eqz (local.get $n)) (then (return (local.get $n))))
    (return_call $a (i64.sub (local.get $n) (i64.const 1))))
  (func (export "run") (result i64) (call $a (i64.const 100001))))
