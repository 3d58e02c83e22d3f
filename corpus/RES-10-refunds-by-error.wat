;;! title: Writes of negative length before the flood, in the hope that they are subtracted from the account
;;! threats: [RES-10, WSI-17, MEM-01]
;;! provenance: CWA-2023-001 (counter overflow), CWA-2024-008 (errors that hide the charge)
;;! notices: output-caps (signed lengths added to the counter, or errors refunded)
;;! run: {limits: {outputBytes: 65536}}
;;! expect: {outcomes: [limit], details: [output-limit], events: [output-limit]}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 0) "\00\00\00\00\00\00\00\80\00\00\00\00\ff\ff\ff\ff\00\00\01\00\00\10\00\00")
  (func (export "_start") (local $n i32)
    (loop $refund
      (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))
      (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 64)))
      (drop (call $fd_write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const -4)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $refund (i32.lt_u (local.get $n) (i32.const 1000))))
    (local.set $n (i32.const 0))
    ;; And an error behind every piece of the flood, in case it gives back what was charged last.
    (loop $flood
      (drop (call $fd_write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 64)))
      (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $flood (i32.lt_u (local.get $n) (i32.const 64))))
    ;; Four times the limit was written and the guest is still there.
    (unreachable)))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed]}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 16) "\00\00\01\00\00\10\00\00")
  (func (export "_start") (local $n i32)
    (loop $write
      (if (call $fd_write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 64)) (then (unreachable)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $write (i32.lt_u (local.get $n) (i32.const 16))))))
