;;! title: Endless loop that throws, catches and calls the host on every turn
;;! threats: [CTL-14, RES-01]
;;! provenance: JS event-loop semantics; measured on Node 20, a same-thread timer never fires during the loop
;;! notices: wall-clock-limit and cpu-limit, or uncatchable-kill where the limit is an exception
;;! run: {limits: {wallClockMs: 800, cpuMs: 800}}
;;! expect: {outcomes: [limit], details: [wall-clock-limit, cpu-limit]}
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (tag $own)
  (func (export "run")
    (loop $again
      (try (do (drop (call $sched_yield)) (throw $own)) (catch_all))
      (br $again))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["100"]}
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (tag $own)
  (func (export "run") (result i32) (local $n i32)
    (loop $again
      (try (do (drop (call $sched_yield)) (throw $own)) (catch_all (local.set $n (i32.add (local.get $n) (i32.const 1)))))
      (br_if $again (i32.lt_u (local.get $n) (i32.const 100))))
    (local.get $n)))
