;;! title: An exception that leaves the start function
;;! threats: [HST-08, LNK-12]
;;! provenance: JS API, an exception in the start function rejects the instantiation with a WebAssembly.Exception that is no Error
;;! notices: deferred-start with enumerated-outcomes
;;! expect: {outcomes: [trapped], details: [uncaught-exception]}
(module
  (tag $odd)
  (func $start (throw $odd))
  (start $start)
  (func (export "run")))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["1"]}
(module
  (tag $odd)
  (global $caught (mut i32) (i32.const 0))
  (func $start (try (do (throw $odd)) (catch $odd (global.set $caught (i32.const 1)))))
  (start $start)
  (func (export "run") (result i32) (global.get $caught)))
