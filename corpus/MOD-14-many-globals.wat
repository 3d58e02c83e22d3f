;;! title: One global more than the policy allows
;;! threats: [MOD-14]
;;! provenance: JS API, limit of 1,000,000 globals
;;! notices: structural-limits (globals not limited)
;;! run: {policy: {quotas: {globals: 4}}}
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused]}
(module
  (global i32 (i32.const 1)) (global i32 (i32.const 2)) (global i32 (i32.const 3)) (global i32 (i32.const 4)) (global i32 (i32.const 5))
  (func (export "run") (result i32) (global.get 4)))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], values: ["4"]}
(module
  (global i32 (i32.const 1)) (global i32 (i32.const 2)) (global i32 (i32.const 3)) (global i32 (i32.const 4))
  (func (export "run") (result i32) (global.get 3)))
