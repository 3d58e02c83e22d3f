;;! title: Import of WebAssembly.JSTag to catch raw host exceptions
;;! threats: [LNK-06]
;;! provenance: JS API, exception tags; measured on Node 22, 24 and 26, try_table on JSTag hands the guest the host's Error object
;;! notices: import-match (tags are matched against nothing and handed out)
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused, syscall-blocked]}
(module
  (import "env" "JSTag" (tag $js (param externref)))
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (table (export "loot") 1 externref)
  (func (export "run")
    (table.set (i32.const 0)
      (block $caught (result externref)
        (try_table (catch $js $caught) (drop (call $sched_yield)))
        (ref.null extern)))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["1"]}
(module
  (tag $own (param externref))
  (func (export "run") (result i32)
    (ref.is_null
      (block $caught (result externref)
        (try_table (catch $own $caught) (throw $own (ref.null extern)))
        (unreachable)))))
