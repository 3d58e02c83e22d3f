;;! title: The finest step of every clock that a guest has, both clocks, the times of its files, and waits
;;! threats: [ENG-06, WSI-10]
;;! provenance: Schwarz 2017; Rokicki, SoK 2021 (where one clock is coarse, another is used)
;;! notices: clock-granularity (the times of files are not rounded)
;;! run: {policy: {capabilities: {clock: {granularityNs: 5000000}, fs: {mounts: [{kind: memory, at: /data}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_times" (func $set_times (param i32 i64 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_get" (func $stat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "file")
  ;; A subscription to the monotonic clock: 1 ns from now.
  (data (i32.const 512) "\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\01\00\00\00\00\00\00\00\01\00\00\00\00\00\00\00")
  (global $fd (mut i32) (i32.const 0))
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  ;; The time that a source gives: a clock's, the file's after it was touched, or a clock's behind the shortest wait.
  (func $time (param $source i32) (result i64)
    (if (i32.lt_u (local.get $source) (i32.const 2))
      (then
        (call $expect (call $clock_time_get (local.get $source) (i64.const 1) (i32.const 64)) (i32.const 0) (i32.const 1))
        (return (i64.load (i32.const 64)))))
    (if (i32.eq (local.get $source) (i32.const 2))
      (then
        (call $expect (call $set_times (global.get $fd) (i64.const 0) (i64.const 0) (i32.const 8)) (i32.const 0) (i32.const 2))
        (call $expect (call $stat (global.get $fd) (i32.const 128)) (i32.const 0) (i32.const 3))
        (return (i64.load (i32.const 176)))))
    (call $expect (call $poll (i32.const 512) (i32.const 768) (i32.const 1) (i32.const 80)) (i32.const 0) (i32.const 4))
    (call $time (i32.const 1)))
  ;; No step may be shorter than five milliseconds, however often one looks.
  (func $measure (param $source i32) (param $looks i32) (local $last i64) (local $now i64)
    (local.set $last (call $time (local.get $source)))
    (loop $again
      (local.set $now (call $time (local.get $source)))
      (if (i64.ne (local.get $now) (local.get $last))
        (then
          (call $expect (i64.ge_s (i64.sub (local.get $now) (local.get $last)) (i64.const 5000000)) (i32.const 1)
            (i32.add (i32.const 10) (local.get $source)))))
      (local.set $last (local.get $now))
      (local.set $looks (i32.sub (local.get $looks) (i32.const 1)))
      (br_if $again (local.get $looks))))
  (func (export "_start")
    (call $expect
      (call $path_open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 1) (i64.const 0xa00042) (i64.const 0) (i32.const 0) (i32.const 72))
      (i32.const 0) (i32.const 5))
    (global.set $fd (i32.load (i32.const 72)))
    (call $measure (i32.const 0) (i32.const 4000))
    (call $measure (i32.const 1) (i32.const 4000))
    (call $measure (i32.const 2) (i32.const 4000))
    (call $measure (i32.const 3) (i32.const 20))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! run: {policy: {capabilities: {clock: {granularityNs: 1}}}}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; With a fine clock granted, a finer step is there to be seen.
  (func (export "_start") (local $n i32) (local $last i64) (local $step i64)
    (local.set $n (i32.const 4000))
    (drop (call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 64)))
    (loop $again
      (local.set $last (i64.load (i32.const 64)))
      (drop (call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 64)))
      (local.set $step (i64.sub (i64.load (i32.const 64)) (local.get $last)))
      (if (i32.and (i64.gt_u (local.get $step) (i64.const 0)) (i64.lt_u (local.get $step) (i64.const 1000000)))
        (then (call $proc_exit (i32.const 0))))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (local.get $n)))
    (call $proc_exit (i32.const 1))))
