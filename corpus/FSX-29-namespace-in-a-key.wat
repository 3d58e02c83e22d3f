;;! title: Keys, arguments and variables that name a namespace or a root of the guest's own choice
;;! threats: [FSX-29]
;;! provenance: BaseIntelligence/bounty-challenge issue 21602 (workspace root taken from the module)
;;! notices: broker (whose data is meant is read from what the guest says)
;;! run: {args: [guest, --namespace=theirs], env: {NAMESPACE: theirs, TENANT: theirs}, policy: {capabilities: {kv: {namespace: mine}}}}
;;! expect: {outcomes: [exited], exitCode: 0, audit: [kv.set allowed, kv.get allowed, kv.keys allowed, kv.set allowed, kv.get allowed, kv.keys allowed, kv.set allowed, kv.get allowed, kv.keys allowed, kv.set allowed, kv.get allowed, kv.keys allowed, kv.set allowed, kv.get allowed, kv.keys allowed, kv.set allowed, kv.get allowed, kv.keys allowed, kv.set allowed, kv.get allowed, kv.keys allowed, kv.keys allowed]}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "gauntlet_v1" "kv_get" (func $kv_get (param i32 i32 i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "kv_set" (func $kv_set (param i32 i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "kv_keys" (func $kv_keys (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 1024) "theirs/k")
  (data (i32.const 1040) "theirs:k")
  (data (i32.const 1056) "../theirs/k")
  (data (i32.const 1072) "theirs\1fk")
  (data (i32.const 1088) "/theirs/k")
  (data (i32.const 1104) "__proto__")
  (data (i32.const 1120) "tenant=theirs;k")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  ;; A key holds what was put under it: its own name.
  (func $keep (param $key i32) (param $len i32) (param $code i32)
    (call $expect (call $kv_set (local.get $key) (local.get $len) (local.get $key) (local.get $len)) (i32.const 0) (local.get $code))
    (call $expect (call $kv_get (local.get $key) (local.get $len) (i32.const 512) (i32.const 64) (i32.const 20)) (i32.const 0) (local.get $code))
    (call $expect (i32.load (i32.const 20)) (local.get $len) (local.get $code))
    ;; And lies in the one namespace that the guest has.
    (call $expect (call $kv_keys (local.get $key) (local.get $len) (i32.const 512) (i32.const 64) (i32.const 20)) (i32.const 0) (local.get $code))
    (call $expect (i32.load (i32.const 20)) (i32.add (local.get $len) (i32.const 1)) (local.get $code))
    (call $expect (i32.load8_u (i32.const 512)) (i32.load8_u (local.get $key)) (local.get $code)))
  (func (export "_start")
    (call $keep (i32.const 1024) (i32.const 8) (i32.const 1))
    (call $keep (i32.const 1040) (i32.const 8) (i32.const 2))
    (call $keep (i32.const 1056) (i32.const 11) (i32.const 3))
    (call $keep (i32.const 1072) (i32.const 8) (i32.const 4))
    (call $keep (i32.const 1088) (i32.const 9) (i32.const 5))
    (call $keep (i32.const 1104) (i32.const 9) (i32.const 6))
    (call $keep (i32.const 1120) (i32.const 15) (i32.const 7))
    ;; All of them, and nothing of anybody else's.
    (call $expect (call $kv_keys (i32.const 0) (i32.const 0) (i32.const 512) (i32.const 256) (i32.const 20)) (i32.const 0) (i32.const 20))
    (call $expect (i32.load (i32.const 20)) (i32.const 75) (i32.const 21))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0, audit: [kv.set allowed, kv.get allowed, kv.keys allowed, kv.set allowed, kv.get allowed, kv.keys allowed]}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "gauntlet_v1" "kv_get" (func $kv_get (param i32 i32 i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "kv_set" (func $kv_set (param i32 i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "kv_keys" (func $kv_keys (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 1024) "k")
  (data (i32.const 1040) "counter")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  ;; A key holds what was put under it: its own name.
  (func $keep (param $key i32) (param $len i32) (param $code i32)
    (call $expect (call $kv_set (local.get $key) (local.get $len) (local.get $key) (local.get $len)) (i32.const 0) (local.get $code))
    (call $expect (call $kv_get (local.get $key) (local.get $len) (i32.const 512) (i32.const 64) (i32.const 20)) (i32.const 0) (local.get $code))
    (call $expect (i32.load (i32.const 20)) (local.get $len) (local.get $code))
    ;; And lies in the one namespace that the guest has.
    (call $expect (call $kv_keys (local.get $key) (local.get $len) (i32.const 512) (i32.const 64) (i32.const 20)) (i32.const 0) (local.get $code))
    (call $expect (i32.load (i32.const 20)) (i32.add (local.get $len) (i32.const 1)) (local.get $code))
    (call $expect (i32.load8_u (i32.const 512)) (i32.load8_u (local.get $key)) (local.get $code)))
  (func (export "_start")
    (call $keep (i32.const 1024) (i32.const 1) (i32.const 1))
    (call $keep (i32.const 1040) (i32.const 7) (i32.const 2))
    (call $proc_exit (i32.const 0))))
