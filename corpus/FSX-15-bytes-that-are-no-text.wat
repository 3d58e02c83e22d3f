;;! title: Paths of bytes that are no text, or text that a careless decoder changes
;;! threats: [FSX-15]
;;! provenance: CVE-2023-32004 (Node.js, traversal in a Buffer); CVE-2023-39332 (path in a Uint8Array)
;;! notices: path-resolution (replacement characters instead of a refusal; a byte order mark swallowed)
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: memory, at: /data}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: ""}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_symlink" (func $path_symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $readdir (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; A stray byte, a sequence cut short, ".." and "/" written too long, half a surrogate pair, beyond Unicode, and all that in the middle.
  (data (i32.const 1024)
    "\ff\00\80\00\c3\00\c0\ae\c0\ae\00\e0\80\ae\e0\80\ae\00..\c0\afx\00\ed\a0\80\00\ed\a0\80\ed\b0\80\00\f4\90\80\80\00\f8\88\80\80\80\00name\fe\00n\e2\82\00\00")
  (data (i32.const 2048) "\ef\bf\bd")
  (data (i32.const 2056) "\ef\bb\bfname")
  (data (i32.const 2072) "e\cc\81")
  (data (i32.const 2080) "\c3\a9")
  (data (i32.const 2088) "link")
  (func $len (param $at i32) (result i32) (local $n i32)
    (loop $next
      (if (i32.load8_u (i32.add (local.get $at) (local.get $n)))
        (then (local.set $n (i32.add (local.get $n) (i32.const 1))) (br $next))))
    (local.get $n))
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $create (param $path i32) (param $len i32) (result i32)
    (call $path_open (i32.const 3) (i32.const 1) (local.get $path) (local.get $len) (i32.const 5)
      (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 0)))
  (func $stat (param $path i32) (param $len i32) (result i32)
    (call $path_stat (i32.const 3) (i32.const 0) (local.get $path) (local.get $len) (i32.const 512)))
  (func (export "_start") (local $at i32) (local $len i32) (local $code i32)
    (local.set $at (i32.const 1024))
    (loop $next
      (local.set $code (i32.add (local.get $code) (i32.const 1)))
      (local.set $len (call $len (local.get $at)))
      ;; ilseq, and nothing comes of it: no file under another name, and no link to one.
      (call $expect (call $create (local.get $at) (local.get $len)) (i32.const 25) (local.get $code))
      (call $expect (call $stat (local.get $at) (local.get $len)) (i32.const 25) (local.get $code))
      (call $expect (call $path_symlink (local.get $at) (local.get $len) (i32.const 3) (i32.const 2088) (i32.const 4)) (i32.const 25) (local.get $code))
      (local.set $at (i32.add (i32.add (local.get $at) (local.get $len)) (i32.const 1)))
      (br_if $next (i32.load8_u (local.get $at))))
    (call $expect (call $readdir (i32.const 3) (i32.const 4096) (i32.const 1024) (i64.const 0) (i32.const 0)) (i32.const 0) (i32.const 20))
    (call $expect (i32.load (i32.const 0)) (i32.const 51) (i32.const 21))
    ;; A byte order mark is part of the name, and two spellings of one letter are two names.
    (call $expect (call $create (i32.const 2056) (i32.const 7)) (i32.const 0) (i32.const 22))
    (call $expect (call $stat (i32.const 2059) (i32.const 4)) (i32.const 44) (i32.const 23))
    (call $expect (call $create (i32.const 2059) (i32.const 4)) (i32.const 0) (i32.const 24))
    (call $expect (call $create (i32.const 2072) (i32.const 3)) (i32.const 0) (i32.const 25))
    (call $expect (call $stat (i32.const 2080) (i32.const 2)) (i32.const 44) (i32.const 26))
    ;; The replacement character itself is a letter like any other, and nothing else became one.
    (call $expect (call $stat (i32.const 2048) (i32.const 3)) (i32.const 44) (i32.const 27))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $readdir (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; Text of every length that UTF-8 has comes back byte for byte.
  (data (i32.const 64) "a\c3\a9\e2\82\ac\ef\bf\bd\f0\9f\8c\8d")
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $path_open (i32.const 3) (i32.const 1) (i32.const 64) (i32.const 13) (i32.const 5)
      (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 0)) (i32.const 0) (i32.const 1))
    (call $expect (call $path_stat (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 13) (i32.const 512)) (i32.const 0) (i32.const 2))
    (call $expect (call $readdir (i32.const 3) (i32.const 4096) (i32.const 1024) (i64.const 0) (i32.const 0)) (i32.const 0) (i32.const 3))
    (call $expect (i32.load (i32.const 4163)) (i32.const 13) (i32.const 4))
    (if (i64.ne (i64.load (i32.const 4171)) (i64.load (i32.const 64))) (then (call $proc_exit (i32.const 5))))
    (if (i64.ne (i64.load (i32.const 4176)) (i64.load (i32.const 69))) (then (call $proc_exit (i32.const 6))))
    (call $proc_exit (i32.const 0))))
