;;! title: Exceptions with payload made without end and all kept in a table
;;! threats: [RES-04]
;;! provenance: exception-handling proposal, exnref in tables; exception objects live on the engine's heap, which no memory limit of the guest sees
;;! notices: memory-watch, with wall-clock-limit
;;! run: {limits: {wallClockMs: 1000, cpuMs: 1500, tableElements: 100000}}
;;! expect: {outcomes: [limit], details: [wall-clock-limit, cpu-limit, memory-limit], residentMiB: 700}
(module
  (tag $big (param i64 i64 i64 i64 i64 i64 i64 i64))
  (table $kept 100000 100000 exnref)
  (func $make (result exnref)
    (block $caught (result exnref)
      (try_table (catch_all_ref $caught)
        (throw $big (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5) (i64.const 6) (i64.const 7) (i64.const 8)))
      (unreachable)))
  (func (export "run") (local $n i32)
    (loop $again
      (table.set $kept (i32.rem_u (local.get $n) (i32.const 100000)) (call $make))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br $again))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (tag $small (param i64))
  (table $kept 100 100 exnref)
  (func $make (result exnref)
    (block $caught (result exnref)
      (try_table (catch_all_ref $caught) (throw $small (i64.const 1)))
      (unreachable)))
  (func (export "run") (result i32) (local $n i32)
    (loop $again
      (table.set $kept (local.get $n) (call $make))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $n) (i32.const 100))))
    (ref.is_null (table.get $kept (i32.const 99)))))
