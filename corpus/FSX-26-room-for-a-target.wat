;;! title: A link read into no room, too little, just enough and more
;;! threats: [FSX-26]
;;! provenance: nodejs/uvwasi issue 263; bytecodealliance/wasm-micro-runtime PR 4229; WasmEdge, path_readlink
;;! notices: virtual-filesystem (a terminator written behind the target, or a length that was not written)
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: memory, at: /data}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_symlink" (func $path_symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_readlink" (func $path_readlink (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 1024) "sub/target")
  (data (i32.const 1040) "link")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  ;; Reads the link into so much room at 512: $want bytes come, as many are told, and what lies behind them stays.
  (func $read (param $room i32) (param $want i32) (param $code i32) (local $at i32)
    (memory.fill (i32.const 512) (i32.const 0x5a) (i32.const 64))
    (call $expect (call $path_readlink (i32.const 3) (i32.const 1040) (i32.const 4) (i32.const 512) (local.get $room) (i32.const 20)) (i32.const 0) (local.get $code))
    (call $expect (i32.load (i32.const 20)) (local.get $want) (local.get $code))
    (loop $next
      (call $expect (i32.load8_u (i32.add (i32.const 512) (local.get $at)))
        (if (result i32) (i32.lt_u (local.get $at) (local.get $want))
          (then (i32.load8_u (i32.add (i32.const 1024) (local.get $at))))
          (else (i32.const 0x5a)))
        (local.get $code))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 64)))))
  (func (export "_start")
    (call $expect (call $path_symlink (i32.const 1024) (i32.const 10) (i32.const 3) (i32.const 1040) (i32.const 4)) (i32.const 0) (i32.const 1))
    (call $read (i32.const 0) (i32.const 0) (i32.const 10))
    (call $read (i32.const 1) (i32.const 1) (i32.const 11))
    (call $read (i32.const 9) (i32.const 9) (i32.const 12))
    (call $read (i32.const 10) (i32.const 10) (i32.const 13))
    (call $read (i32.const 11) (i32.const 10) (i32.const 14))
    (call $read (i32.const 48) (i32.const 10) (i32.const 15))
    ;; The last bytes of memory are room as well, and one more is not there.
    (call $expect (call $path_readlink (i32.const 3) (i32.const 1040) (i32.const 4) (i32.const 65526) (i32.const 10) (i32.const 20)) (i32.const 0) (i32.const 2))
    (call $expect (i32.load (i32.const 20)) (i32.const 10) (i32.const 3))
    (call $expect (call $path_readlink (i32.const 3) (i32.const 1040) (i32.const 4) (i32.const 65526) (i32.const 11) (i32.const 20)) (i32.const 21) (i32.const 4))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_symlink" (func $path_symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_readlink" (func $path_readlink (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 1024) "sub/target")
  (data (i32.const 1040) "link")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $expect64 (param $got i64) (param $want i64) (param $code i32)
    (if (i64.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $path_symlink (i32.const 1024) (i32.const 10) (i32.const 3) (i32.const 1040) (i32.const 4)) (i32.const 0) (i32.const 1))
    (call $expect (call $path_readlink (i32.const 3) (i32.const 1040) (i32.const 4) (i32.const 512) (i32.const 64) (i32.const 20)) (i32.const 0) (i32.const 2))
    (call $expect64 (i64.load (i32.const 512)) (i64.load (i32.const 1024)) (i32.const 3))
    (call $proc_exit (i32.const 0))))
