;;! title: A reference to a host's object where the interface has a handle
;;! threats: [MEM-23, LNK-17]
;;! provenance: CVE-2021-39216, CVE-2022-31146, CVE-2025-61670 (lifetime of references); measured, a stored host object can be passed to another import
;;! notices: import-match (names compared and types not, so that references reach a host call)
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused, syscall-blocked]}
(module
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param externref) (result i32)))
  (table $kept 4 externref)
  (func (export "keep") (param externref) (table.set $kept (i32.const 0) (local.get 0)))
  (func (export "run") (result i32) (call $fd_close (table.get $kept (i32.const 0)))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["8"]}
(module
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (table $kept 4 externref)
  (func (export "keep") (param externref) (table.set $kept (i32.const 0) (local.get 0)))
  (func (export "run") (result i32) (call $fd_close (i32.add (i32.const 90) (ref.is_null (table.get $kept (i32.const 0)))))))
