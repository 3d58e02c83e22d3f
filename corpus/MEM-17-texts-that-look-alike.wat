;;! title: Names that are no UTF-8, and names that become the same if they are decoded kindly
;;! threats: [MEM-17]
;;! provenance: GHSA-394w-hwhg-8vgm, GHSA-hx6p-xpx3-jvvv; measured, TextDecoder replaces what is invalid and takes away a byte order mark
;;! notices: guest-memory (text decoded with a decoder's defaults)
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: memory, at: /data}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\ef\bb\bfa")
  (data (i32.const 16) "a\ff")
  (data (i32.const 32) "\c0\af")
  (data (i32.const 48) "\ed\a0\80")
  (data (i32.const 64) "\f5\80\80\80")
  (data (i32.const 80) "a\e2\82")
  (data (i32.const 96) "a\ef\bf\bd")
  (data (i32.const 112) "\c3\a9")
  (data (i32.const 128) "e\cc\81")
  (data (i32.const 144) "\c0\80")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $mkdir (param $at i32) (param $length i32) (result i32)
    (call $path_mkdir (i32.const 3) (local.get $at) (local.get $length)))
  (func $stat (param $at i32) (param $length i32) (result i32)
    (call $path_stat (i32.const 3) (i32.const 0) (local.get $at) (local.get $length) (i32.const 512)))
  (func (export "_start")
    ;; Invalid: a lone byte, an overlong slash, a surrogate, beyond Unicode, cut off, and the NUL of Java.
    (call $expect (call $mkdir (i32.const 16) (i32.const 2)) (i32.const 25) (i32.const 1))
    (call $expect (call $mkdir (i32.const 32) (i32.const 2)) (i32.const 25) (i32.const 2))
    (call $expect (call $mkdir (i32.const 48) (i32.const 3)) (i32.const 25) (i32.const 3))
    (call $expect (call $mkdir (i32.const 64) (i32.const 4)) (i32.const 25) (i32.const 4))
    (call $expect (call $mkdir (i32.const 80) (i32.const 3)) (i32.const 25) (i32.const 5))
    (call $expect (call $mkdir (i32.const 144) (i32.const 2)) (i32.const 25) (i32.const 6))
    (call $expect (call $stat (i32.const 96) (i32.const 4)) (i32.const 44) (i32.const 7))
    ;; A byte order mark is part of the name.
    (call $expect (call $mkdir (i32.const 0) (i32.const 4)) (i32.const 0) (i32.const 8))
    (call $expect (call $stat (i32.const 3) (i32.const 1)) (i32.const 44) (i32.const 9))
    (call $expect (call $stat (i32.const 0) (i32.const 4)) (i32.const 0) (i32.const 10))
    ;; One letter in two ways to write it: two names.
    (call $expect (call $mkdir (i32.const 112) (i32.const 2)) (i32.const 0) (i32.const 11))
    (call $expect (call $stat (i32.const 128) (i32.const 3)) (i32.const 44) (i32.const 12))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\c3\a9\f0\9f\a6\80")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $path_mkdir (i32.const 3) (i32.const 0) (i32.const 6)) (i32.const 0) (i32.const 1))
    (call $proc_exit (call $path_stat (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 6) (i32.const 512)))))
