;;! title: JavaScript in a cell has a refusal of the broker's reach the guest as a promise, which the engine would turn into 0, success
;;! threats: [CTL-05]
;;! provenance: measured on Node 20, 22, 24 and 26, a Promise that a host call returns becomes 0; vm2 GHSA-hw58-p9xv-2mjh (rejections that nobody hears)
;;! notices: host-call-gate (what a host call gives back goes to the guest as it is)
;;! run:
;;!   policy: {capabilities: {kv: {namespace: promise}}, quotas: {kvBytes: 20}}
;;!   breach:
;;!     layer: cell
;;!     script: |
;;!       const { parse } = JSON
;;!       JSON.parse = (...given) => {
;;!         const value = parse(...given)
;;!         return Object.hasOwn(value, 'errno') ? { ...value, errno: Promise.resolve(value.errno) } : value
;;!       }
;;! expect: {outcomes: [terminated], details: [sandbox-fault], audit: [kv.set denied]}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "gauntlet_v1" "kv_set" (func $kv_set (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "key")
  (func (export "_start") (call $proc_exit (call $kv_set (i32.const 0) (i32.const 3) (i32.const 0) (i32.const 100)))))
;;! --- twin
;;! run: {policy: {capabilities: {kv: {namespace: promise}}, quotas: {kvBytes: 20}}}
;;! expect: {outcomes: [exited], exitCode: 19, audit: [kv.set denied]}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "gauntlet_v1" "kv_set" (func $kv_set (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "key")
  (func (export "_start") (call $proc_exit (call $kv_set (i32.const 0) (i32.const 3) (i32.const 0) (i32.const 100)))))
