;;! title: An import whose names become those of a host call for whoever folds case, drops marks or trims
;;! threats: [HST-12]
;;! provenance: CVE-2023-39532 and endojs/endo#1698 (a filter over text and what reads the text disagree); GHSA-wp5r-2gw5-m7q7 (vm2)
;;! notices: import-match (names are made alike before they are compared)
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused]}
(module
  (import "wasi_snapshot_preview1" "\ef\bd\93ched_yield" (func $yield (result i32)))
  (func (export "_start") (drop (call $yield))))
;;! --- twin
;;! expect: {outcomes: [completed]}
(module
  ;; The escape is the text format's; in the module stands the plain name.
  (import "wasi_snapshot_preview1" "\73ched_yield" (func $yield (result i32)))
  (func (export "_start") (drop (call $yield))))
