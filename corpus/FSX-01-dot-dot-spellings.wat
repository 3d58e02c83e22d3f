;;! title: A canary beside the mount, asked for with ".." in every place and spelling
;;! threats: [FSX-01]
;;! provenance: CVE-2023-30584 (Node.js permission model); WebAssembly/wasi-testsuite, interesting_paths; Samsung/walrus PR 466
;;! notices: path-resolution (".." counted wrongly, cut off, or left to the system)
;;! setting: {directories: {root: {in.txt: inside, sub/in.txt: inside}, outside: {secret.txt: "{secret}"}}}
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: directory, at: /data, source: "{dir:root}", writable: true}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "", events: [file-access], effects: []}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; A vector of 256 bytes at 64.
  (data (i32.const 8) "\40\00\00\00\00\01\00\00")
  ;; For each path the error that it must give, the path, and a NUL. 3f: perm, 2c: noent, 36: notdir, 19: ilseq.
  (data (i32.const 1024)
    "\3f..\00" "\3f../\00" "\3f../outside/secret.txt\00" "\3f./../outside/secret.txt\00" "\3f.//..//outside//secret.txt\00"
    "\3fsub/..//../outside/secret.txt\00" "\3fsub/../../outside/secret.txt\00" "\3fsub/../..\00" "\3fsub/.././../outside/secret.txt\00"
    "\3f../../../../../../../../../../../etc/hostname\00" "\3f../root/in.txt\00" "\3fsub/../../root/in.txt\00" "\3f../.\00"
    "\2cmissing/../../outside/secret.txt\00" "\36in.txt/../../outside/secret.txt\00" "\36in.txt/..\00"
    "\2c%2e%2e/outside/secret.txt\00" "\2c..%2foutside%2fsecret.txt\00" "\2c..\\outside\\secret.txt\00" "\2c.../outside/secret.txt\00"
    "\2c.. /outside/secret.txt\00" "\2c\ef\bc\8e\ef\bc\8e/outside/secret.txt\00" "\2c\e2\80\a5/outside/secret.txt\00"
    "\2c..\e2\88\95outside\e2\88\95secret.txt\00" "\2c\e2\80\8b../outside/secret.txt\00"
    "\19\c0\ae\c0\ae/outside/secret.txt\00" "\19..\c0\afoutside/secret.txt\00" "\00\00")
  (func $len (param $at i32) (result i32) (local $n i32)
    (loop $next
      (if (i32.load8_u (i32.add (local.get $at) (local.get $n)))
        (then (local.set $n (i32.add (local.get $n) (i32.const 1))) (br $next))))
    (local.get $n))
  ;; What was opened is told: the host must not see it come out.
  (func $tell
    (drop (call $fd_read (i32.load (i32.const 4)) (i32.const 8) (i32.const 1) (i32.const 16)))
    (i32.store (i32.const 12) (i32.load (i32.const 16)))
    (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16))))
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $try (param $path i32) (param $len i32) (param $want i32) (param $code i32) (local $got i32)
    (local.set $got (call $path_open (i32.const 3) (i32.const 1) (local.get $path) (local.get $len) (i32.const 0)
      (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 4)))
    (if (i32.eqz (local.get $got)) (then (call $tell)))
    (call $expect (local.get $got) (local.get $want) (local.get $code))
    (call $expect (call $stat (i32.const 3) (i32.const 1) (local.get $path) (local.get $len) (i32.const 512)) (local.get $want) (local.get $code))
    ;; What leads out is no place for a change either.
    (if (i32.eq (local.get $want) (i32.const 63))
      (then
        (call $expect (call $mkdir (i32.const 3) (local.get $path) (local.get $len)) (i32.const 63) (local.get $code))
        (call $expect (call $unlink (i32.const 3) (local.get $path) (local.get $len)) (i32.const 63) (local.get $code)))))
  (func (export "_start") (local $at i32) (local $len i32) (local $code i32)
    (local.set $at (i32.const 1024))
    (loop $next
      (local.set $code (i32.add (local.get $code) (i32.const 1)))
      (local.set $len (call $len (i32.add (local.get $at) (i32.const 1))))
      (call $try (i32.add (local.get $at) (i32.const 1)) (local.get $len) (i32.load8_u (local.get $at)) (local.get $code))
      (local.set $at (i32.add (i32.add (local.get $at) (local.get $len)) (i32.const 2)))
      (br_if $next (i32.load8_u (local.get $at))))
    ;; The list was gone through to its end.
    (call $expect (local.get $code) (i32.const 27) (i32.const 100))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! setting: {directories: {root: {in.txt: inside, sub/in.txt: inside, "..in": inside, ".../in": inside, "%20in": inside}, outside: {secret.txt: "{secret}"}}}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: insideinsideinsideinsideinsideinsideinside, effects: []}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "\40\00\00\00\00\01\00\00")
  (data (i32.const 1024)
    "in.txt\00" "./in.txt\00" "sub/../in.txt\00" ".//sub///..//sub/./in.txt\00" "..in\00" ".../in\00" "%20in\00" "\00")
  (func $len (param $at i32) (result i32) (local $n i32)
    (loop $next
      (if (i32.load8_u (i32.add (local.get $at) (local.get $n)))
        (then (local.set $n (i32.add (local.get $n) (i32.const 1))) (br $next))))
    (local.get $n))
  (func (export "_start") (local $at i32) (local $len i32) (local $code i32)
    (local.set $at (i32.const 1024))
    (loop $next
      (local.set $code (i32.add (local.get $code) (i32.const 1)))
      (local.set $len (call $len (local.get $at)))
      (if (call $path_open (i32.const 3) (i32.const 1) (local.get $at) (local.get $len) (i32.const 0)
            (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 4))
        (then (call $proc_exit (local.get $code))))
      (i32.store (i32.const 12) (i32.const 256))
      (drop (call $fd_read (i32.load (i32.const 4)) (i32.const 8) (i32.const 1) (i32.const 16)))
      (i32.store (i32.const 12) (i32.load (i32.const 16)))
      (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))
      (local.set $at (i32.add (i32.add (local.get $at) (local.get $len)) (i32.const 1)))
      (br_if $next (i32.load8_u (local.get $at))))
    (call $proc_exit (i32.const 0))))
