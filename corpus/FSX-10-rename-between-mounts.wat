;;! title: Files moved out of a read-only mount, into it, and over a name in it
;;! threats: [FSX-10]
;;! provenance: GHSA-4ch3-9j33-3pmj (Wasmtime); bytecodealliance/wasmtime file_rename_across_perms
;;! notices: mount-rights (only the mount that loses the name is asked whether it may be changed)
;;! setting: {directories: {shown: {program.txt: trusted, sub/part.txt: trusted}, scratch: {own.txt: own}}}
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: directory, at: /shown, source: "{dir:shown}"}, {kind: directory, at: /scratch, source: "{dir:scratch}", writable: true}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, effects: [], audit: [fs.rename denied, fs.rename denied, fs.rename denied, fs.rename denied, fs.rename denied]}
(module
  (import "wasi_snapshot_preview1" "path_rename" (func $path_rename (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "program.txt")
  (data (i32.const 80) "own.txt")
  (data (i32.const 96) "sub")
  (data (i32.const 112) "new")
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $path_rename (i32.const 4) (i32.const 80) (i32.const 7) (i32.const 3) (i32.const 64) (i32.const 11)) (i32.const 75) (i32.const 1))
    (call $expect (call $path_rename (i32.const 4) (i32.const 80) (i32.const 7) (i32.const 3) (i32.const 112) (i32.const 3)) (i32.const 75) (i32.const 2))
    (call $expect (call $path_rename (i32.const 3) (i32.const 64) (i32.const 11) (i32.const 4) (i32.const 112) (i32.const 3)) (i32.const 75) (i32.const 3))
    (call $expect (call $path_rename (i32.const 3) (i32.const 96) (i32.const 3) (i32.const 4) (i32.const 112) (i32.const 3)) (i32.const 75) (i32.const 4))
    (call $expect (call $path_rename (i32.const 3) (i32.const 64) (i32.const 11) (i32.const 3) (i32.const 112) (i32.const 3)) (i32.const 69) (i32.const 5))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0, effects: [scratch/new created, scratch/own.txt removed], audit: [fs.rename allowed]}
(module
  (import "wasi_snapshot_preview1" "path_rename" (func $path_rename (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 80) "own.txt")
  (data (i32.const 112) "new")
  (func (export "_start")
    (call $proc_exit
      (call $path_rename (i32.const 4) (i32.const 80) (i32.const 7) (i32.const 4) (i32.const 112) (i32.const 3)))))
