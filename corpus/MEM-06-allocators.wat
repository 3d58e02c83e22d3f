;;! title: Every allocator that a host may know, each with an answer that is none
;;! threats: [MEM-06]
;;! provenance: CVE-2021-38297 (Go's arguments overwrite the module), CWA-2023-002 (allocate re-enters)
;;! notices: guest-memory (the host asks the guest for room, or writes where it says)
;;! run: {args: [first, second], env: {NAME: value}, stdin: "input"}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "gauntlet_v1" "log_write" (func $log_write (param i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "crypto_hash" (func $crypto_hash (param i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\00\01\00\00\10\00\00\00")
  (data (i32.const 16) "a line")
  (global $asked (mut i32) (i32.const 0))
  ;; Whoever asks for room gets an address that is outside, or that of the guest's own data.
  (func $one (export "malloc") (export "allocate") (export "alloc") (export "__wbindgen_malloc") (export "new") (param i32) (result i32)
    (global.set $asked (i32.const 1)) (i32.const -16))
  (func (export "cabi_realloc") (export "canonical_abi_realloc") (param i32 i32 i32 i32) (result i32)
    (global.set $asked (i32.const 1)) (i32.const 16))
  (func (export "free") (export "deallocate") (param i32) (global.set $asked (i32.const 1)))
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $args_sizes_get (i32.const 64) (i32.const 68)) (i32.const 0) (i32.const 1))
    (call $expect (call $args_get (i32.const 1024) (i32.const 1040)) (i32.const 0) (i32.const 2))
    (call $expect (call $environ_get (i32.const 2048) (i32.const 2064)) (i32.const 0) (i32.const 3))
    (call $expect (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 72)) (i32.const 0) (i32.const 4))
    (call $expect (call $log_write (i32.const 1) (i32.const 16) (i32.const 6)) (i32.const 0) (i32.const 5))
    (call $expect (call $crypto_hash (i32.const 0) (i32.const 16) (i32.const 6) (i32.const 512) (i32.const 32) (i32.const 76))
      (i32.const 0) (i32.const 6))
    (call $expect (global.get $asked) (i32.const 0) (i32.const 7))
    ;; What was there is there still: the line, and what is behind the answers.
    (call $expect (i32.load (i32.const 16)) (i32.const 0x696c2061) (i32.const 8))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "malloc") (param i32) (result i32) (i32.const 1024))
  (func (export "_start")
    (call $expect (call $args_sizes_get (i32.const 64) (i32.const 68)) (i32.const 0) (i32.const 1))
    (call $expect (i32.load (i32.const 68)) (i32.const 13) (i32.const 2))
    (call $expect (call $args_get (i32.const 1024) (i32.const 1040)) (i32.const 0) (i32.const 3))
    (call $expect (i32.load (i32.const 1024)) (i32.const 1040) (i32.const 4))
    (call $proc_exit (i32.const 0))))
