;;! title: Numbers of subscriptions that are none, too many, or so many that their bytes wrap; and answers over the questions
;;! threats: [WSI-07]
;;! provenance: GHSA-852m-cvvp-9p4w; wasmtime test p1_cli_hostcall_fuel (big_poll)
;;! notices: poll-limits (the list is made as long as the guest says)
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 8)
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $refused (param $count i32) (param $code i32) (local $got i32)
    (local.set $got (call $poll_oneoff (i32.const 0) (i32.const 0x40000) (local.get $count) (i32.const 0x70000)))
    (if (i32.or (i32.eqz (local.get $got)) (i32.gt_u (local.get $got) (i32.const 76))) (then (call $proc_exit (local.get $code))))
    ;; No answer was written, and no number of them.
    (call $expect (i32.load (i32.const 0x40000)) (i32.const 0) (local.get $code))
    (call $expect (i32.load (i32.const 0x70000)) (i32.const 0) (local.get $code)))
  (func (export "_start") (local $i i32)
    ;; 4,097 subscriptions that are there and in order: standard output, ready for writing.
    (loop $next
      (i64.store (i32.mul (local.get $i) (i32.const 48)) (i64.extend_i32_u (local.get $i)))
      (i32.store8 offset=8 (i32.mul (local.get $i) (i32.const 48)) (i32.const 2))
      (i32.store offset=16 (i32.mul (local.get $i) (i32.const 48)) (i32.const 1))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 4097))))
    (call $refused (i32.const 0) (i32.const 1))
    (call $refused (i32.const -1) (i32.const 2))
    (call $refused (i32.const 0x05555556) (i32.const 3))
    (call $refused (i32.const 0x08000001) (i32.const 4))
    (call $refused (i32.const 0x80000000) (i32.const 5))
    (call $refused (i32.const 4097) (i32.const 6))
    ;; Answers that would end behind the memory.
    (call $expect (call $poll_oneoff (i32.const 0) (i32.const 0x7fff0) (i32.const 1) (i32.const 0x70000)) (i32.const 21) (i32.const 7))
    (call $expect (i32.load (i32.const 0x7fff0)) (i32.const 0) (i32.const 8))
    ;; Answers over the questions: three were asked, and three are answered.
    (call $expect (call $poll_oneoff (i32.const 48) (i32.const 48) (i32.const 3) (i32.const 0x70000)) (i32.const 0) (i32.const 9))
    (call $expect (i32.load (i32.const 0x70000)) (i32.const 3) (i32.const 10))
    (call $expect (i32.load (i32.const 48)) (i32.const 1) (i32.const 11))
    (call $expect (i32.load (i32.const 80)) (i32.const 2) (i32.const 12))
    (call $expect (i32.load (i32.const 112)) (i32.const 3) (i32.const 13))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 8)
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start") (local $i i32)
    (loop $next
      (i32.store8 offset=8 (i32.mul (local.get $i) (i32.const 48)) (i32.const 2))
      (i32.store offset=16 (i32.mul (local.get $i) (i32.const 48)) (i32.const 1))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 64))))
    (call $expect (call $poll_oneoff (i32.const 0) (i32.const 0x40000) (i32.const 64) (i32.const 0x70000)) (i32.const 0) (i32.const 1))
    (call $expect (i32.load (i32.const 0x70000)) (i32.const 64) (i32.const 2))
    (call $proc_exit (i32.const 0))))
