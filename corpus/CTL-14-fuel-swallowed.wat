;;! title: Handlers for everything around work without end, in the hope that the end of the fuel is an exception
;;! threats: [CTL-14, CTL-01, RES-01]
;;! provenance: exception-handling specification (a trap is caught by no clause); a limit that is thrown as an exception would be
;;! notices: metering (the end of the fuel by something that can be caught)
;;! run: {policy: {quotas: {fuel: 2000000}}}
;;! expect: {outcomes: [limit], details: [fuel-limit], events: [fuel-limit]}
(module
  (tag $own)
  (func $work (param $n i32)
    (try (do (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))) (catch_all))
    (throw $own))
  (func (export "run")
    (loop $again
      (try (do (call $work (i32.const 100000))) (catch_all))
      (br $again))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], values: ["1"]}
(module
  (tag $own)
  (func $work (param $n i32)
    (try (do (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))) (catch_all))
    (throw $own))
  (func (export "run") (result i32)
    (try (result i32) (do (call $work (i32.const 1000)) (i32.const 0)) (catch_all (i32.const 1)))))
