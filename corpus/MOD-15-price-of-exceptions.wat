;;! title: Exceptions thrown and caught without end, each as much work as a hundred additions and more
;;! threats: [MOD-15, RES-01]
;;! provenance: CWA-2024-004 (prices wrong by a factor of ten); measured, a throw with its catch takes about 100 ns and more on a deep stack
;;! notices: fuel-metering (a class of instructions at the price of a simple one)
;;! run: {limits: {wallClockMs: 3000, cpuMs: 2500}, policy: {quotas: {fuel: 200000000}}}
;;! expect: {outcomes: [limit], details: [fuel-limit], events: [fuel-limit]}
(module
  (tag $own)
  (func (export "run")
    (loop $again
      (try (do (throw $own)) (catch_all))
      (br $again))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], values: ["1000"]}
(module
  (tag $own)
  (func (export "run") (result i32) (local $n i32)
    (loop $again
      (try (do (throw $own)) (catch_all))
      (br_if $again (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 1000))))
    (local.get $n)))
