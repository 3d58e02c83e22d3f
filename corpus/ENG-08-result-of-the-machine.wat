;;! title: An instruction with one result on the reviewer's machine and another on the next one
;;! threats: [ENG-08, ENG-07]
;;! provenance: relaxed-simd proposal (lanes out of range are the implementation's choice); WADIFF, ASE 2023
;;! notices: feature-allow-list (what the engine accepts is taken for allowed)
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused]}
(module
  (func (export "run") (result i32)
    (i8x16.extract_lane_u 0
      (i8x16.relaxed_swizzle (v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
        (v128.const i8x16 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0)))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (func (export "run") (result i32)
    (i8x16.extract_lane_u 0
      (i8x16.swizzle (v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
        (v128.const i8x16 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0)))))
