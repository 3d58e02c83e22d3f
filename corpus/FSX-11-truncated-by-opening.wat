;;! title: Files cut off or made by opening them, where only reading is asked for and granted
;;! threats: [FSX-11]
;;! provenance: GHSA-2r75-cxrj-cmph (Wasmtime); bytecodealliance/wasmtime file_truncation_readonly
;;! notices: mount-rights (only the access mode asked whether the mount may be changed; rights of the directory not asked)
;;! setting: {directories: {shown: {file.txt: untouched}, scratch: {file.txt: untouched}}}
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: directory, at: /shown, source: "{dir:shown}"}, {kind: directory, at: /scratch, source: "{dir:scratch}", writable: true}, {kind: snapshot, at: /copy, source: "{dir:shown}"}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: untouched, effects: []}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_set_rights" (func $set_rights (param i32 i64 i64) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "\00\02\00\00\00\01\00\00")
  (data (i32.const 64) "file.txt")
  (data (i32.const 80) "new.txt")
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  ;; To open for reading, with flags; then for neither.
  (func $open (param $fd i32) (param $path i32) (param $len i32) (param $oflags i32) (param $want i32) (param $code i32)
    (call $expect (call $path_open (local.get $fd) (i32.const 1) (local.get $path) (local.get $len) (local.get $oflags)
      (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 4)) (local.get $want) (local.get $code))
    (call $expect (call $path_open (local.get $fd) (i32.const 1) (local.get $path) (local.get $len) (local.get $oflags)
      (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 4)) (local.get $want) (local.get $code)))
  (func $all (param $fd i32) (param $want i32) (param $code i32)
    (call $open (local.get $fd) (i32.const 64) (i32.const 8) (i32.const 8) (local.get $want) (local.get $code))
    (call $open (local.get $fd) (i32.const 64) (i32.const 8) (i32.const 9) (local.get $want) (i32.add (local.get $code) (i32.const 1)))
    (call $open (local.get $fd) (i32.const 80) (i32.const 7) (i32.const 1) (local.get $want) (i32.add (local.get $code) (i32.const 2)))
    (call $open (local.get $fd) (i32.const 80) (i32.const 7) (i32.const 9) (local.get $want) (i32.add (local.get $code) (i32.const 3)))
    (call $open (local.get $fd) (i32.const 80) (i32.const 7) (i32.const 5) (local.get $want) (i32.add (local.get $code) (i32.const 4))))
  (func (export "_start")
    ;; Live and copied, both to be read only: rofs.
    (call $all (i32.const 3) (i32.const 69) (i32.const 10))
    (call $all (i32.const 5) (i32.const 69) (i32.const 20))
    ;; A writable one, by a handle that may open (path_open) and pass on reading, and no more: notcapable.
    (call $expect (call $set_rights (i32.const 4) (i64.const 0x2000) (i64.const 2)) (i32.const 0) (i32.const 30))
    (call $all (i32.const 4) (i32.const 76) (i32.const 31))
    ;; Reading still works, and all is there.
    (call $expect (call $path_open (i32.const 5) (i32.const 1) (i32.const 64) (i32.const 8) (i32.const 0)
      (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 4)) (i32.const 0) (i32.const 40))
    (call $expect (call $fd_read (i32.load (i32.const 4)) (i32.const 8) (i32.const 1) (i32.const 16)) (i32.const 0) (i32.const 41))
    (i32.store (i32.const 12) (i32.load (i32.const 16)))
    (call $expect (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)) (i32.const 0) (i32.const 42))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0, effects: [scratch/file.txt changed, scratch/new.txt created]}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "file.txt")
  (data (i32.const 80) "new.txt")
  (func $open (param $path i32) (param $len i32) (param $oflags i32) (param $code i32)
    (if (call $path_open (i32.const 4) (i32.const 1) (local.get $path) (local.get $len) (local.get $oflags)
          (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 4))
      (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $open (i32.const 64) (i32.const 8) (i32.const 8) (i32.const 1))
    (call $open (i32.const 80) (i32.const 7) (i32.const 5) (i32.const 2))
    (call $proc_exit (i32.const 0))))
