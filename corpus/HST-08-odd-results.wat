;;! title: Results that are functions, references and several values, where a host expects a number
;;! threats: [HST-08, HST-06]
;;! provenance: JS API, ToJSValue; measured, an exported function's constructor is the host's Function
;;! notices: enumerated-outcomes (results passed on as they come, or formatted without care)
;;! expect: {outcomes: [completed, refused]}
(module
  (elem declare func $self)
  (func $self (export "run") (result funcref externref i64 f32 v128)
    (unreachable))
  (func (export "odd") (result funcref) (ref.func $self))
  (func (export "_start") (result funcref externref f64)
    (ref.func $self) (ref.null extern) (f64.const nan:0x4000000000001)))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["-7"]}
(module
  (func (export "run") (result i64) (i64.const -7)))
