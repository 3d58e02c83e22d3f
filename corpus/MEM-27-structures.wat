;;! title: Structures that end with the memory, one byte further, and with anything in what is only padding
;;! threats: [MEM-27]
;;! provenance: uvwasi test-serdes.c; layouts of WASI preview 1 (witx)
;;! notices: abi-table (wrong stride, padding read as part of a tag, only the start of a structure checked)
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: memory, at: /data}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_get" (func $fd_filestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $fd_fdstat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $fd_prestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  ;; A subscription to standard output at $at; every byte that is not part of it is 0xff.
  (func $subscribe (param $at i32) (param $data i64)
    (i64.store (local.get $at) (local.get $data))
    (i32.store8 offset=8 (local.get $at) (i32.const 2))
    (i32.store offset=16 (local.get $at) (i32.const 1)))
  (func (export "_start")
    (memory.fill (i32.const 0) (i32.const 0xff) (i32.const 65536))
    (call $subscribe (i32.const 65440) (i64.const 0x0102030405060708))
    (call $subscribe (i32.const 65488) (i64.const -2))
    ;; Two that end where the memory ends.
    (call $expect (call $poll_oneoff (i32.const 65440) (i32.const 1024) (i32.const 2) (i32.const 512)) (i32.const 0) (i32.const 1))
    (call $expect (i32.load (i32.const 512)) (i32.const 2) (i32.const 2))
    (if (i64.ne (i64.load (i32.const 1024)) (i64.const 0x0102030405060708)) (then (call $proc_exit (i32.const 3))))
    (call $expect (i32.load16_u (i32.const 1032)) (i32.const 0) (i32.const 4))
    (call $expect (i32.load8_u (i32.const 1034)) (i32.const 2) (i32.const 5))
    (if (i64.ne (i64.load (i32.const 1056)) (i64.const -2)) (then (call $proc_exit (i32.const 6))))
    (call $expect (i32.load16_u (i32.const 1064)) (i32.const 0) (i32.const 7))
    ;; What is behind the second event is as it was.
    (call $expect (i32.load (i32.const 1088)) (i32.const -1) (i32.const 8))
    ;; One byte further, in and out.
    (call $expect (call $poll_oneoff (i32.const 65441) (i32.const 1024) (i32.const 2) (i32.const 512)) (i32.const 21) (i32.const 9))
    (call $expect (call $poll_oneoff (i32.const 65440) (i32.const 65473) (i32.const 2) (i32.const 512)) (i32.const 21) (i32.const 10))
    (call $expect (call $poll_oneoff (i32.const 65440) (i32.const 1024) (i32.const 2) (i32.const 65533)) (i32.const 21) (i32.const 11))
    ;; The structures that calls write.
    (call $expect (call $fd_filestat_get (i32.const 1) (i32.const 65472)) (i32.const 0) (i32.const 12))
    (call $expect (i32.load8_u (i32.const 65488)) (i32.const 2) (i32.const 13))
    (call $expect (call $fd_filestat_get (i32.const 1) (i32.const 65473)) (i32.const 21) (i32.const 14))
    (call $expect (call $fd_fdstat_get (i32.const 3) (i32.const 65512)) (i32.const 0) (i32.const 15))
    (call $expect (i32.load8_u (i32.const 65512)) (i32.const 3) (i32.const 16))
    (call $expect (i32.load (i32.const 65516)) (i32.const 0) (i32.const 17))
    (call $expect (call $fd_fdstat_get (i32.const 3) (i32.const 65513)) (i32.const 21) (i32.const 18))
    (call $expect (call $fd_prestat_get (i32.const 3) (i32.const 65528)) (i32.const 0) (i32.const 19))
    (call $expect (i32.load (i32.const 65528)) (i32.const 0) (i32.const 20))
    (call $expect (i32.load (i32.const 65532)) (i32.const 5) (i32.const 21))
    (call $expect (call $fd_prestat_get (i32.const 3) (i32.const 65529)) (i32.const 21) (i32.const 22))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $fd_prestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (i32.store8 (i32.const 8) (i32.const 2))
    (i32.store (i32.const 16) (i32.const 1))
    (call $expect (call $poll_oneoff (i32.const 0) (i32.const 1024) (i32.const 1) (i32.const 512)) (i32.const 0) (i32.const 1))
    (call $expect (i32.load16_u (i32.const 1032)) (i32.const 0) (i32.const 2))
    (call $proc_exit (call $fd_prestat_get (i32.const 3) (i32.const 128)))))
