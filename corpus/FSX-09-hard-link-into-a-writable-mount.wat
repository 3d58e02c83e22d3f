;;! title: A file of a read-only mount, given a second name in a writable one
;;! threats: [FSX-09]
;;! provenance: GHSA-4ch3-9j33-3pmj (Wasmtime); bytecodealliance/wasmtime file_hardlink_across_perms
;;! notices: mount-rights (only the mount that gets the name is asked whether it may be changed)
;;! setting: {directories: {shown: {program.txt: trusted, link: {link: program.txt}}, scratch: {own.txt: own}}}
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: directory, at: /shown, source: "{dir:shown}"}, {kind: directory, at: /scratch, source: "{dir:scratch}", writable: true}, {kind: memory, at: /memory}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, effects: [], audit: [fs.link denied, fs.link denied, fs.link denied, fs.link denied]}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_link" (func $path_link (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "program.txt")
  (data (i32.const 80) "own.txt")
  (data (i32.const 96) "link")
  (data (i32.const 112) "new")
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $link (param $from i32) (param $follow i32) (param $path i32) (param $len i32) (param $to i32) (result i32)
    (call $path_link (local.get $from) (local.get $follow) (local.get $path) (local.get $len) (local.get $to) (i32.const 112) (i32.const 3)))
  (func (export "_start")
    ;; Whichever side is the source, by the file's name or by a link to it: xdev. Then within the read-only mount: rofs.
    (call $expect (call $link (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 11) (i32.const 4)) (i32.const 75) (i32.const 1))
    (call $expect (call $link (i32.const 3) (i32.const 1) (i32.const 96) (i32.const 4) (i32.const 4)) (i32.const 75) (i32.const 2))
    (call $expect (call $link (i32.const 4) (i32.const 0) (i32.const 80) (i32.const 7) (i32.const 3)) (i32.const 75) (i32.const 3))
    (call $expect (call $link (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 11) (i32.const 3)) (i32.const 69) (i32.const 4))
    ;; To and from a mount in memory.
    (call $expect (call $link (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 11) (i32.const 5)) (i32.const 75) (i32.const 5))
    (call $expect (call $path_open (i32.const 5) (i32.const 0) (i32.const 80) (i32.const 7) (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 0))
      (i32.const 0) (i32.const 6))
    (call $expect (call $link (i32.const 5) (i32.const 0) (i32.const 80) (i32.const 7) (i32.const 4)) (i32.const 75) (i32.const 7))
    ;; Nothing came of it that could be written through.
    (call $expect (call $path_open (i32.const 5) (i32.const 0) (i32.const 112) (i32.const 3) (i32.const 0) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 0))
      (i32.const 44) (i32.const 8))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0, effects: [scratch/new created, scratch/own.txt changed], audit: [fs.link allowed]}
(module
  (import "wasi_snapshot_preview1" "path_link" (func $path_link (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 80) "own.txt")
  (data (i32.const 112) "new")
  (func (export "_start")
    (call $proc_exit
      (call $path_link (i32.const 4) (i32.const 0) (i32.const 80) (i32.const 7) (i32.const 4) (i32.const 112) (i32.const 3)))))
