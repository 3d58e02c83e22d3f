;;! title: A granted name with a NUL and more text behind it
;;! threats: [LNK-20, MEM-19]
;;! provenance: uvwasi#266 and CVE-2026-48930 for names that end early below; core specification 5.2.4 allows NUL in names
;;! notices: import-match (names cut at NUL before they are compared)
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused, syscall-blocked]}
(module
  (import "wasi_snapshot_preview1" "sched_yield\00path_open" (func $both (result i32)))
  (func (export "run") (result i32) (call $both)))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (func (export "run") (result i32) (call $sched_yield)))
