;;! title: Import of the host's Function constructor through the prototype chain of the import object
;;! threats: [LNK-01, HST-06]
;;! provenance: JS API, "read the imports" (Get of module, then of field); linked with plain import objects on Node 20, 22, 24 and 26
;;! notices: null-prototype-linking (plain object at both levels) together with import-match (names looked up with `in`)
;;! run: {limits: {wallClockMs: 4000}}
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused, syscall-blocked]}
(module
  (import "constructor" "constructor" (func $function (param externref) (result externref)))
  (func (export "run") (drop (call $function (ref.null extern)))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed]}
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (func (export "run") (drop (call $sched_yield))))
