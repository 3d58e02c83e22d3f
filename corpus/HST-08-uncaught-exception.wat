;;! title: An exception of the guest that nobody catches, without a message, a stack or a name
;;! threats: [HST-08]
;;! provenance: JS API, WebAssembly.Exception has no message; GHSA-2f8r-ppr9-ff8f and GHSA-hw58-p9xv-2mjh for hosts that die of an odd error
;;! notices: enumerated-outcomes (the host formats error.message or error.stack of whatever was thrown)
;;! expect: {outcomes: [trapped], details: [uncaught-exception]}
(module
  (tag $odd (param externref i32))
  (func (export "run") (throw $odd (ref.null extern) (i32.const 13))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["13"]}
(module
  (tag $odd (param i32))
  (func (export "run") (result i32)
    (try (result i32) (do (throw $odd (i32.const 13))) (catch $odd))))
