;;! title: A list of structures, kept in a global and made longer without end
;;! threats: [RES-04]
;;! provenance: garbage-collection proposal; small objects that hold each other leave the collector nothing to collect
;;! notices: cell (the thread has the usual heap, whatever the policy says), memory-watch
;;! assembler: binaryen
;;! run: {limits: {wallClockMs: 30000, cpuMs: 30000}, policy: {extends: relaxed, quotas: {heapBytes: 67108864}}}
;;! expect: {outcomes: [limit], details: [memory-limit], events: [memory-limit], residentMiB: 500}
(module
  (type $link (struct (field (ref null $link)) (field i64)))
  (global $list (mut (ref null $link)) (ref.null $link))
  (func (export "run")
    (loop $again
      (global.set $list (struct.new $link (global.get $list) (i64.const 1)))
      (br $again))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], values: ["100000"]}
(module
  (type $link (struct (field (ref null $link)) (field i64)))
  (global $list (mut (ref null $link)) (ref.null $link))
  (func (export "run") (result i32) (local $n i32)
    (loop $again
      (global.set $list (struct.new $link (ref.null $link) (i64.const 1)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $n) (i32.const 100000))))
    (local.get $n)))
