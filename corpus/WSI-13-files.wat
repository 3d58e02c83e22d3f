;;! title: File calls where no files are granted
;;! threats: [WSI-13, LNK-19]
;;! provenance: WASI preview 1, path_open; partial shims answer 0 or throw
;;! notices: import-match (calls whose capability is not granted are stubbed)
;;! run: {policy: {extends: strict}}
;;! expect: {outcomes: [refused], details: [refused], events: [module-refused, syscall-blocked, file-access]}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $list (param i32 i32 i32 i64 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "/etc/passwd")
  (func (export "run") (result i32)
    (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 11) (i32.const 0) (i64.const -1) (i64.const -1) (i32.const 0) (i32.const 64))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], values: ["8"]}
(module
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $fd_prestat_get (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "run") (result i32) (call $fd_prestat_get (i32.const 3) (i32.const 0))))
