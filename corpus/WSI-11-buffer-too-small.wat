;;! title: Room for the pointers to the arguments, but not for the arguments
;;! threats: [WSI-11, MEM-21]
;;! provenance: CVE-2021-38297 (arguments that overwrite the module's data)
;;! notices: abi-table (pointers written before the text is known to fit)
;;! run: {args: [guest, one, two, three]}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (memory.fill (i32.const 0) (i32.const 0xaa) (i32.const 65536))
    (call $expect (call $args_get (i32.const 1024) (i32.const 65530)) (i32.const 21) (i32.const 1))
    (call $expect (i32.load (i32.const 1024)) (i32.const 0xaaaaaaaa) (i32.const 2))
    (call $expect (i32.load (i32.const 65532)) (i32.const 0xaaaaaaaa) (i32.const 3))
    (call $expect (call $args_get (i32.const 65532) (i32.const 1024)) (i32.const 21) (i32.const 4))
    (call $expect (i32.load (i32.const 1024)) (i32.const 0xaaaaaaaa) (i32.const 5))
    (call $expect (i32.load (i32.const 65532)) (i32.const 0xaaaaaaaa) (i32.const 6))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (call $proc_exit (call $args_get (i32.const 1024) (i32.const 2048)))))
