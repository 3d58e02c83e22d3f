;;! title: Endless loop whose only way back is a branch table
;;! threats: [RES-01, MOD-07]
;;! provenance: core specification 4.4.8 (br_table); instrumenters that know br and br_if only
;;! notices: wall-clock-limit and cpu-limit
;;! run: {limits: {wallClockMs: 800, cpuMs: 800}}
;;! expect: {outcomes: [limit], details: [wall-clock-limit, cpu-limit]}
(module
  (func (export "run") (local $n i32)
    (block $out
      (loop $again
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_table $again $again $again (i32.and (local.get $n) (i32.const 1)))))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["3"]}
(module
  (func (export "run") (result i32) (local $n i32)
    (block $out
      (loop $again
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_table $again $again $again $out (local.get $n))))
    (local.get $n)))
