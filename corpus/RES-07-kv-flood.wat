;;! title: Keys like numbers, one after the other and longer and longer, until the store of the host is full
;;! threats: [RES-07]
;;! provenance: GHSA-243v-98vx-264h (too many headers); CVE-2026-21717 (keys like integers)
;;! notices: kv-store-quotas (entries counted, and not their bytes, or neither)
;;! run: {policy: {capabilities: {kv: {namespace: flood}}, quotas: {kvEntries: 50, kvBytes: 4000}}}
;;! expect: {outcomes: [exited], exitCode: 0, events: [quota-exceeded, quota-exceeded]}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "gauntlet_v1" "kv_set" (func $kv_set (param i32 i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "kv_delete" (func $kv_delete (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  ;; The three digits of $n at address 0.
  (func $key (param $n i32)
    (i32.store8 (i32.const 0) (i32.add (i32.const 48) (i32.div_u (local.get $n) (i32.const 100))))
    (i32.store8 (i32.const 1) (i32.add (i32.const 48) (i32.rem_u (i32.div_u (local.get $n) (i32.const 10)) (i32.const 10))))
    (i32.store8 (i32.const 2) (i32.add (i32.const 48) (i32.rem_u (local.get $n) (i32.const 10)))))
  ;; How many of 200 keys the host takes, each with a value of $size bytes; the last answer is in $last.
  (global $last (mut i32) (i32.const 0))
  (func $fill (param $size i32) (result i32) (local $n i32)
    (block $full
      (loop $next
        (call $key (local.get $n))
        (global.set $last (call $kv_set (i32.const 0) (i32.const 3) (i32.const 1024) (local.get $size)))
        (br_if $full (global.get $last))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $n) (i32.const 200)))))
    (local.get $n))
  (func $empty (local $n i32)
    (loop $next
      (call $key (local.get $n))
      (drop (call $kv_delete (i32.const 0) (i32.const 3)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $n) (i32.const 200)))))
  (func (export "_start")
    ;; 50 entries, however small.
    (call $expect (call $fill (i32.const 0)) (i32.const 50) (i32.const 1))
    (call $expect (global.get $last) (i32.const 19) (i32.const 2))
    (call $empty)
    ;; 4,000 bytes, keys counted: 39 times 3 + 97 is 3,900, and 40 times is exactly all of it.
    (call $expect (call $fill (i32.const 97)) (i32.const 40) (i32.const 3))
    (call $expect (global.get $last) (i32.const 19) (i32.const 4))
    ;; What is there can be made smaller, and then there is room again.
    (call $key (i32.const 0))
    (call $expect (call $kv_set (i32.const 0) (i32.const 3) (i32.const 1024) (i32.const 10)) (i32.const 0) (i32.const 5))
    (call $key (i32.const 100))
    (call $expect (call $kv_set (i32.const 0) (i32.const 3) (i32.const 1024) (i32.const 50)) (i32.const 0) (i32.const 6))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0, audit: [kv.set allowed, kv.set allowed]}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "gauntlet_v1" "kv_set" (func $kv_set (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "001002")
  (func (export "_start")
    (call $proc_exit
      (i32.or
        (call $kv_set (i32.const 0) (i32.const 3) (i32.const 1024) (i32.const 97))
        (call $kv_set (i32.const 3) (i32.const 3) (i32.const 1024) (i32.const 97))))))
