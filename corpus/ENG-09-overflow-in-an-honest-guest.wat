;;! title: An honest guest with a buffer that overflows, whose input names other files, a way out and another table entry
;;! threats: [ENG-09]
;;! provenance: Lehmann, Kinder and Pradel, Everything Old is New Again, USENIX Security 2020 (no guard pages, writable constants)
;;! notices: path-resolution (a path is opened because an honest guest asks for it)
;;! setting: {directories: {granted: {report.txt: "fine"}, outside: {there.txt: "{secret}"}}}
;;! run:
;;!   policy: {capabilities: {fs: {mounts: [{kind: directory, at: /data, source: "{dir:granted}"}]}}}
;;!   stdin: "AAAAAAAAAAAAAAAA../outside/there.txt\x00\x00\x00\x00\x02"
;;! expect: {outcomes: [exited], exitCode: 63, stdout: "", audit: [fs.open denied], effects: []}
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (table funcref (elem $quietly $quietly $loudly))
  ;; The name that the user types, 16 bytes; behind it the "constant" path and the index of the function that reports.
  (data (i32.const 1040) "report.txt")
  (data (i32.const 0) "\00\04\00\00\00\01\00\00")
  (global $fd (mut i32) (i32.const 0))
  (func $quietly)
  (func $loudly
    (drop (call $fd_read (global.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)))
    (i32.store (i32.const 4) (i32.load (i32.const 8)))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func $length (param $at i32) (result i32) (local $n i32)
    (loop $next
      (if (i32.load8_u (i32.add (local.get $at) (local.get $n)))
        (then (local.set $n (i32.add (local.get $n) (i32.const 1))) (br $next))))
    (local.get $n))
  (func (export "_start") (local $errno i32)
    ;; Up to 256 bytes into 16: the defect.
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (local.set $errno
      (call $path_open (i32.const 3) (i32.const 1) (i32.const 1040) (call $length (i32.const 1040)) (i32.const 0) (i64.const 2) (i64.const 0)
        (i32.const 0) (i32.const 16)))
    (if (local.get $errno) (then (call $proc_exit (local.get $errno))))
    (global.set $fd (i32.load (i32.const 16)))
    (call_indirect (i32.load8_u (i32.const 1064)))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! run:
;;!   policy: {capabilities: {fs: {mounts: [{kind: directory, at: /data, source: "{dir:granted}"}]}}}
;;!   stdin: "AAAAAAAAAAAAAAAAreport.txt\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02"
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "fine", effects: []}
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (table funcref (elem $quietly $quietly $loudly))
  (data (i32.const 1040) "report.txt")
  (data (i32.const 0) "\00\04\00\00\00\01\00\00")
  (global $fd (mut i32) (i32.const 0))
  (func $quietly)
  (func $loudly
    (drop (call $fd_read (global.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)))
    (i32.store (i32.const 4) (i32.load (i32.const 8)))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func $length (param $at i32) (result i32) (local $n i32)
    (loop $next
      (if (i32.load8_u (i32.add (local.get $at) (local.get $n)))
        (then (local.set $n (i32.add (local.get $n) (i32.const 1))) (br $next))))
    (local.get $n))
  (func (export "_start") (local $errno i32)
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (local.set $errno
      (call $path_open (i32.const 3) (i32.const 1) (i32.const 1040) (call $length (i32.const 1040)) (i32.const 0) (i64.const 2) (i64.const 0)
        (i32.const 0) (i32.const 16)))
    (if (local.get $errno) (then (call $proc_exit (local.get $errno))))
    (global.set $fd (i32.load (i32.const 16)))
    (call_indirect (i32.load8_u (i32.const 1064)))
    (call $proc_exit (i32.const 0))))
