;;! title: More host calls than the policy allows in one call, each of them cheap, and the refusal caught
;;! threats: [RES-08, WSI-14]
;;! provenance: arXiv 2509.11242 (work moves to the host, where no clock of the guest's counts it); the retry loop of CTL-01
;;! notices: host-call-rate-limit (host calls are counted and never compared with the limit)
;;! run: {policy: {quotas: {hostCalls: 1000}}}
;;! expect: {outcomes: [limit], details: [host-call-limit], events: [quota-exceeded], stdout: ""}
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\08\00\00\00\06\00\00\00more!\n")
  (func (export "run") (local $n i32)
    (local.set $n (i32.const 1000))
    (loop $again
      (drop (call $sched_yield))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (local.get $n)))
    ;; Whatever comes of the one too many, the guest goes on if it can.
    (block $caught
      (try_table (catch_all $caught) (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], stdout: "more!\n"}
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\08\00\00\00\06\00\00\00more!\n")
  ;; The last one that there is.
  (func (export "run") (local $n i32)
    (local.set $n (i32.const 999))
    (loop $again
      (drop (call $sched_yield))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (local.get $n)))
    (block $caught
      (try_table (catch_all $caught) (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))))
