;;! title: table.grow beyond the granted elements, with no maximum declared
;;! threats: [RES-04, MOD-10]
;;! provenance: GHSA-f984-pcp8-v2p7, GHSA-p8xm-42r7-89xg; tables are engine heap, 24 to 32 bytes an element, which no memory limit sees
;;! notices: declared-maxima for tables
;;! expect: {outcomes: [exited], exitCode: 0, events: [quota-exceeded], residentMiB: 500}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (table $t 10 funcref)
  (func (export "_start")
    (if (i32.ne (table.grow $t (ref.null func) (i32.const 1000000)) (i32.const -1)) (then (call $proc_exit (i32.const 1))))
    (block $full
      (loop $more
        (br_if $full (i32.eq (table.grow $t (ref.null func) (i32.const 10)) (i32.const -1)))
        (if (i32.gt_u (table.size $t) (i32.const 10000)) (then (call $proc_exit (i32.const 2))))
        (br $more)))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (table $t 10 100 funcref)
  (func (export "_start")
    (if (i32.ne (table.grow $t (ref.null func) (i32.const 90)) (i32.const 10)) (then (call $proc_exit (i32.const 1))))
    (call $proc_exit (i32.const 0))))
