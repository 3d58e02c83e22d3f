;;! title: Exports that hosts are known to call from within host calls, each of which makes host calls again
;;! threats: [CTL-03]
;;! provenance: CWA-2023-002 (Cherry, about 140 levels), CWA-2025-007, CWA-2022-004
;;! notices: export-map (an export is called that nobody asked for)
;;! run: {args: [a, b], policy: {capabilities: {kv: {namespace: recursion}}}}
;;! expect: {outcomes: [exited], exitCode: 0, audit: [kv.get allowed]}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
  (import "gauntlet_v1" "kv_get" (func $kv_get (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 1100) "key")
  (global $called (mut i32) (i32.const 0))
  ;; A host that calls any of these in the middle of a call would be called again from here, and so on.
  (func $alloc (param i32 i32 i32 i32) (result i32)
    (global.set $called (i32.add (global.get $called) (i32.const 1)))
    (drop (call $kv_get (i32.const 1100) (i32.const 3) (i32.const 512) (i32.const 256) (i32.const 1024)))
    (i32.const 2048))
  (func $one (param i32) (result i32) (call $alloc (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
  (func $none (drop (call $alloc (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))))
  (export "cabi_realloc" (func $alloc))
  (export "canonical_abi_realloc" (func $alloc))
  (export "malloc" (func $one))
  (export "free" (func $one))
  (export "__wasm_call_ctors" (func $none))
  (export "deallocate" (func $none))
  (export "proxy_on_memory_allocate" (func $none))
  (func (export "_start")
    (drop (call $args_sizes (i32.const 0) (i32.const 4)))
    (drop (call $args (i32.const 64) (i32.const 128)))
    (drop (call $kv_get (i32.const 1100) (i32.const 3) (i32.const 512) (i32.const 256) (i32.const 1024)))
    (call $proc_exit (global.get $called))))
;;! --- twin
;;! inherit: true
;;! run: {calls: [{call: twice}]}
;;! expect: {outcomes: [completed], values: ["2"]}
(module
  (global $called (mut i32) (i32.const 0))
  (func $alloc (param i32 i32 i32 i32) (result i32)
    (global.set $called (i32.add (global.get $called) (i32.const 1)))
    (i32.const 0))
  (export "cabi_realloc" (func $alloc))
  (func (export "twice") (result i32)
    (drop (call $alloc (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
    (drop (call $alloc (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
    (global.get $called)))
