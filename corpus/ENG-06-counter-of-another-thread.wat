;;! title: A memory that another thread could count in, to read as a clock
;;! threats: [ENG-06, MEM-07]
;;! provenance: tc39/proposal-ecmascript-sharedmem, TimingAttack.md (a counter with a step of 4 ns)
;;! notices: feature-allow-list (shared memory is taken where the engine takes it)
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused]}
(module
  (memory 1 1 shared)
  (func (export "run") (result i32) (i32.atomic.load (i32.const 0))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (memory 1 1)
  (func (export "run") (result i32) (i32.load (i32.const 0))))
