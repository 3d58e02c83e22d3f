;;! title: JavaScript in a cell replaces the built-ins with which the cell decides, and the guest makes a call that the policy denies
;;! threats: [HST-01]
;;! provenance: CVE-2024-21896 and CVE-2024-21891 (Node.js, built-ins that a check relied on were replaced)
;;! notices: broker (takes the cell's word that the policy's filter lets a call through)
;;! run:
;;!   policy: {capabilities: {kv: {namespace: patched}}, hostCalls: {deny: [kv_set]}}
;;!   breach:
;;!     layer: cell
;;!     script: |
;;!       Array.prototype.includes = () => false
;;!       Array.prototype.some = () => true
;;!       Set.prototype.has = () => false
;;! expect: {outcomes: [terminated], details: [jail-lost], events: [suspicious-behaviour], audit: []}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "gauntlet_v1" "kv_set" (func $kv_set (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "key")
  (func (export "_start") (call $proc_exit (call $kv_set (i32.const 0) (i32.const 3) (i32.const 0) (i32.const 3)))))
;;! --- twin
;;! inherit: true
;;! run: {policy: {capabilities: {kv: {namespace: patched}}}}
;;! expect: {outcomes: [exited], exitCode: 0, audit: [kv.set allowed]}
