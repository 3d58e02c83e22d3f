;;! title: A memory demanded from the host, to be shared with it or with others
;;! threats: [LNK-11, LNK-15]
;;! provenance: JS API, "read the imports" (memory imports); GHSA-7qmx-3fpx-r45m for what shared objects between guests lead to
;;! notices: import-match (memories and tables handed out on demand)
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused, syscall-blocked]}
(module
  (import "env" "memory" (memory 1))
  (import "env" "__indirect_function_table" (table 1 funcref))
  (func (export "run") (result i32) (i32.load (i32.const 0))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (memory 1)
  (table 1 funcref)
  (func (export "run") (result i32) (i32.load (i32.const 0))))
