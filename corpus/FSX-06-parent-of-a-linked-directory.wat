;;! title: The parent of a linked directory, of which the text says one thing and the tree another
;;! threats: [FSX-06]
;;! provenance: CVE-2025-55130 (Node.js permission model, crafted relative links); nodejs/uvwasi issue 224; nodejs/node issue 49107
;;! notices: path-resolution (".." cancels the name before it in the text)
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: memory, at: /data}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, events: [file-access]}
(module
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_symlink" (func $path_symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "a\00")
  (data (i32.const 72) "a/b\00")
  (data (i32.const 80) "a/b/c\00")
  (data (i32.const 96) "down\00")
  (data (i32.const 112) "a/b/c/up\00")
  (data (i32.const 128) "../../..\00")
  (data (i32.const 144) "a/b/only\00")
  (data (i32.const 160) "top\00")
  (data (i32.const 176) "ring\00")
  ;; For each path the error that it must give, the path, and a NUL. 3f: perm, 2c: noent, 20: loop.
  (data (i32.const 1024)
    "\00down/../only\00" "\2conly\00" "\2cdown/../top\00" "\00down/../../../top\00" "\00down/../../../a/b/only\00"
    "\3fdown/../../../../top\00" "\3fdown/../../../..\00" "\00a/b/c/up/top\00" "\00down/up/down/up/top\00"
    "\3fa/b/c/up/../x\00" "\3fdown/up/..\00" "\3fdown/up/../data/top\00" "\00down/up/down/../only\00" "\20ring/x\00" "\ff\00")
  (func $len (param $at i32) (result i32) (local $n i32)
    (loop $next
      (if (i32.load8_u (i32.add (local.get $at) (local.get $n)))
        (then (local.set $n (i32.add (local.get $n) (i32.const 1))) (br $next))))
    (local.get $n))
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $mkdir (param $path i32)
    (call $expect (call $path_mkdir (i32.const 3) (local.get $path) (call $len (local.get $path))) (i32.const 0) (i32.const 101)))
  (func $symlink (param $target i32) (param $path i32)
    (call $expect (call $path_symlink (local.get $target) (call $len (local.get $target)) (i32.const 3) (local.get $path) (call $len (local.get $path)))
      (i32.const 0) (i32.const 102)))
  (func (export "_start") (local $at i32) (local $len i32) (local $code i32)
    (call $mkdir (i32.const 64))
    (call $mkdir (i32.const 72))
    (call $mkdir (i32.const 80))
    (call $mkdir (i32.const 144))
    (call $mkdir (i32.const 160))
    (call $symlink (i32.const 80) (i32.const 96))
    (call $symlink (i32.const 128) (i32.const 112))
    (call $symlink (i32.const 176) (i32.const 176))
    (local.set $at (i32.const 1024))
    (loop $next
      (local.set $code (i32.add (local.get $code) (i32.const 1)))
      (local.set $len (call $len (i32.add (local.get $at) (i32.const 1))))
      (call $expect (call $path_stat (i32.const 3) (i32.const 1) (i32.add (local.get $at) (i32.const 1)) (local.get $len) (i32.const 512))
        (i32.load8_u (local.get $at)) (local.get $code))
      (local.set $at (i32.add (i32.add (local.get $at) (local.get $len)) (i32.const 2)))
      (br_if $next (i32.ne (i32.load8_u (local.get $at)) (i32.const 0xff))))
    (call $expect (local.get $code) (i32.const 14) (i32.const 100))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_symlink" (func $path_symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "a")
  (data (i32.const 72) "a/b")
  (data (i32.const 80) "link")
  (data (i32.const 96) "a/b/../../a")
  (func $allowed (param $got i32) (param $code i32)
    (if (local.get $got) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $allowed (call $path_mkdir (i32.const 3) (i32.const 64) (i32.const 1)) (i32.const 1))
    (call $allowed (call $path_mkdir (i32.const 3) (i32.const 72) (i32.const 3)) (i32.const 2))
    (call $allowed (call $path_symlink (i32.const 72) (i32.const 3) (i32.const 3) (i32.const 80) (i32.const 4)) (i32.const 3))
    (call $allowed (call $path_stat (i32.const 3) (i32.const 1) (i32.const 80) (i32.const 4) (i32.const 512)) (i32.const 4))
    ;; Where text and tree mean the same.
    (call $allowed (call $path_stat (i32.const 3) (i32.const 1) (i32.const 96) (i32.const 11) (i32.const 512)) (i32.const 5))
    (call $proc_exit (i32.const 0))))
