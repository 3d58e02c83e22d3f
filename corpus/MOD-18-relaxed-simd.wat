;;! title: Relaxed SIMD, whose results depend on the machine
;;! threats: [MOD-18]
;;! provenance: relaxed-simd proposal, on by default since Node 22
;;! notices: feature-allow-list (relaxed-simd accepted)
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused]}
(module
  (func (export "run") (result i32)
    (i32x4.extract_lane 0 (i32x4.relaxed_trunc_f32x4_s (v128.const f32x4 1 2 3 4)))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["1"]}
(module
  (func (export "run") (result i32)
    (i32x4.extract_lane 0 (i32x4.trunc_sat_f32x4_s (v128.const f32x4 1 2 3 4)))))
