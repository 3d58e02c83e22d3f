;;! title: Atomic instructions on memory that is not shared
;;! threats: [MOD-18]
;;! provenance: threads proposal, on by default in Node 20, 22, 24 and 26
;;! notices: feature-allow-list (threads accepted)
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused]}
(module
  (memory 1)
  (func (export "run") (result i32)
    (i32.atomic.rmw.add (i32.const 0) (i32.const 1))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (memory 1)
  (func (export "run") (result i32) (i32.load (i32.const 0))))
