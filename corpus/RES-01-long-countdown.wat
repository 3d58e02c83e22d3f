;;! title: A loop that would end by itself, but long after its limit
;;! threats: [RES-01, CTL-14]
;;! provenance: JS event-loop semantics, a timer of the same thread fires only when the guest is done; HTML and Node timers documentation
;;! notices: jail (the guest runs on the thread of the watchdog, and completes before any timer fires)
;;! run: {limits: {wallClockMs: 400, cpuMs: 400}}
;;! expect: {outcomes: [limit], details: [wall-clock-limit, cpu-limit]}
(module
  (func (export "run") (result i64) (local $n i64) (local $x i64)
    (local.set $n (i64.const 1500000000))
    (loop $again
      ;; Each turn needs the one before, so that no compiler can make it short.
      (local.set $x (i64.add (i64.mul (local.get $x) (i64.const 6364136223846793005)) (local.get $n)))
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (br_if $again (i64.ne (local.get $n) (i64.const 0))))
    (local.get $x)))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (func (export "run") (result i64) (local $n i64)
    (local.set $n (i64.const 1000000))
    (loop $again
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (br_if $again (i64.ne (local.get $n) (i64.const 0))))
    (local.get $n)))
