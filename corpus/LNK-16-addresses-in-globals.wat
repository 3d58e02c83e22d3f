;;! title: Globals under every name by which hosts find an address, with addresses of the guest's data, of the end and of nowhere
;;! threats: [LNK-16]
;;! provenance: workerd, tests signal-bounds-check-*.wat (a flag is written where an exported global says)
;;! notices: export-map (a global that the guest exports is taken for an address)
;;! run: {args: [first, second], stdin: "input"}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1 1)
  (data (i32.const 0) "\00\04\00\00\10\00\00\00")
  (global $there (mut i32) (i32.const 32768))
  (export "__stack_pointer" (global $there))
  (export "__signal_address" (global $there))
  (global (export "__terminated_address") (mut i32) (i32.const 32768))
  (global (export "__heap_base") (mut i32) (i32.const 65535))
  (global (export "__heap_end") i32 (i32.const 65534))
  (global (export "__data_end") i32 (i32.const -1))
  (global (export "__memory_base") (mut i32) (i32.const -4))
  (global (export "__tls_base") (mut i64) (i64.const 0x100000000))
  (global (export "__instance_signal") (mut f64) (f64.const nan))
  (global (export "asyncify_state") (mut i32) (i32.const 2147483647))
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  ;; Nothing is written but where a call was told to write.
  (func $untouched (param $code i32) (local $at i32)
    (local.set $at (i32.const 16384))
    (loop $next
      (call $expect (i64.eqz (i64.load (local.get $at))) (i32.const 1) (local.get $code))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 65536)))))
  (func (export "_start")
    (call $untouched (i32.const 1))
    (call $expect (call $args_get (i32.const 2048) (i32.const 2064)) (i32.const 0) (i32.const 2))
    (call $expect (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)) (i32.const 0) (i32.const 3))
    ;; Another address, after the host may have looked at the first.
    (global.set $there (i32.const 65535))
    (call $expect (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 16)) (i32.const 0) (i32.const 4))
    (call $expect (call $random_get (i32.const 1024) (i32.const 64)) (i32.const 0) (i32.const 5))
    (call $untouched (i32.const 6))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! run: {calls: [{call: address}, {call: address}]}
;;! expect: {outcomes: [completed], values: ["32772"]}
(module
  (memory (export "memory") 1 1)
  ;; A guest may have such a global, and use it itself.
  (global $there (mut i32) (i32.const 32768))
  (export "__stack_pointer" (global $there))
  (func (export "address") (result i32)
    (i32.store (global.get $there) (i32.const 7))
    (global.set $there (i32.add (global.get $there) (i32.load (global.get $there))))
    (global.set $there (i32.sub (global.get $there) (i32.const 5)))
    (global.get $there)))
