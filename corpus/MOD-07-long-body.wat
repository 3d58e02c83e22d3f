;;! title: A function body longer than the policy allows
;;! threats: [MOD-07]
;;! provenance: JS API, limit of 7,654,321 bytes for a function; compilers do more than linear work on one function
;;! notices: structural-limits (bodies not limited)
;;! run: {policy: {quotas: {functionBodyBytes: 16}}}
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused]}
(module
  (func (export "run") (result i32)
    (i32.add (i32.add (i32.const 1) (i32.const 2)) (i32.add (i32.add (i32.const 3) (i32.const 4)) (i32.add (i32.const 5) (i32.const 6))))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], values: ["3"]}
(module
  (func (export "run") (result i32)
    (i32.add (i32.const 1) (i32.const 2))))
