;;! title: Every call of the interface that changes files, on mounts that are to be read only, live and copied
;;! threats: [FSX-14, FSX-12, FSX-11]
;;! provenance: CVE-2023-32003 (Node.js fs.mkdtemp); CVE-2023-30583 (fs.openAsBlob); CVE-2026-48617 and CVE-2026-58039 (process reports)
;;! notices: broker (one operation among its siblings is not guarded)
;;! setting: {directories: {shown: {file.txt: untouched, empty: {directory: true}, link: {link: file.txt}}}}
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: directory, at: /live, source: "{dir:shown}"}, {kind: snapshot, at: /copy, source: "{dir:shown}"}]}}}}
;;! expect:
;;!   outcomes: [exited]
;;!   exitCode: 0
;;!   effects: []
;;!   audit: [fs.open denied, fs.open denied, fs.open denied, fs.createDirectory denied, fs.removeDirectory denied, fs.unlink denied, fs.unlink denied, fs.rename denied, fs.link denied, fs.symlink denied, fs.setTimesPath denied, fs.setTimes denied, fs.open allowed, fs.setTimes denied]
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_set_times" (func $path_times (param i32 i32 i32 i32 i64 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_remove_directory" (func $rmdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_symlink" (func $symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_link" (func $link (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_rename" (func $rename (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_times" (func $fd_times (param i32 i64 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $fd_size (param i32 i64) (result i32)))
  (import "wasi_snapshot_preview1" "fd_allocate" (func $fd_allocate (param i32 i64 i64) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "file.txt")
  (data (i32.const 80) "new")
  (data (i32.const 96) "empty")
  (data (i32.const 112) "link")
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $rofs (param $got i32) (param $code i32)
    (call $expect (local.get $got) (i32.const 69) (local.get $code)))
  (func $open (param $fd i32) (param $path i32) (param $len i32) (param $oflags i32) (param $rights i64) (result i32)
    (call $path_open (local.get $fd) (i32.const 0) (local.get $path) (local.get $len) (local.get $oflags)
      (local.get $rights) (i64.const 0) (i32.const 0) (i32.const 0)))
  (func $all (param $fd i32) (param $code i32)
    (call $rofs (call $open (local.get $fd) (i32.const 80) (i32.const 3) (i32.const 1) (i64.const 2)) (local.get $code))
    (call $rofs (call $open (local.get $fd) (i32.const 64) (i32.const 8) (i32.const 8) (i64.const 2)) (i32.add (local.get $code) (i32.const 1)))
    (call $rofs (call $open (local.get $fd) (i32.const 64) (i32.const 8) (i32.const 0) (i64.const 64)) (i32.add (local.get $code) (i32.const 2)))
    (call $rofs (call $mkdir (local.get $fd) (i32.const 80) (i32.const 3)) (i32.add (local.get $code) (i32.const 3)))
    (call $rofs (call $rmdir (local.get $fd) (i32.const 96) (i32.const 5)) (i32.add (local.get $code) (i32.const 4)))
    (call $rofs (call $unlink (local.get $fd) (i32.const 64) (i32.const 8)) (i32.add (local.get $code) (i32.const 5)))
    (call $rofs (call $unlink (local.get $fd) (i32.const 112) (i32.const 4)) (i32.add (local.get $code) (i32.const 6)))
    (call $rofs (call $rename (local.get $fd) (i32.const 64) (i32.const 8) (local.get $fd) (i32.const 80) (i32.const 3)) (i32.add (local.get $code) (i32.const 7)))
    (call $rofs (call $link (local.get $fd) (i32.const 0) (i32.const 64) (i32.const 8) (local.get $fd) (i32.const 80) (i32.const 3)) (i32.add (local.get $code) (i32.const 8)))
    (call $rofs (call $symlink (i32.const 64) (i32.const 8) (local.get $fd) (i32.const 80) (i32.const 3)) (i32.add (local.get $code) (i32.const 9)))
    (call $rofs (call $path_times (local.get $fd) (i32.const 0) (i32.const 112) (i32.const 4) (i64.const 1) (i64.const 1) (i32.const 5)) (i32.add (local.get $code) (i32.const 10)))
    (call $rofs (call $fd_times (local.get $fd) (i64.const 1) (i64.const 1) (i32.const 5)) (i32.add (local.get $code) (i32.const 11)))
    ;; What can be had is a handle without writing, which has no right to the rest: notcapable.
    (call $expect (call $open (local.get $fd) (i32.const 64) (i32.const 8) (i32.const 0) (i64.const -65)) (i32.const 0) (i32.add (local.get $code) (i32.const 12)))
    (call $rofs (call $fd_times (i32.load (i32.const 0)) (i64.const 1) (i64.const 1) (i32.const 5)) (i32.add (local.get $code) (i32.const 13)))
    (call $expect (call $fd_size (i32.load (i32.const 0)) (i64.const 0)) (i32.const 76) (i32.add (local.get $code) (i32.const 14)))
    (call $expect (call $fd_allocate (i32.load (i32.const 0)) (i64.const 0) (i64.const 64)) (i32.const 76) (i32.add (local.get $code) (i32.const 15))))
  (func (export "_start")
    (call $all (i32.const 3) (i32.const 10))
    (call $all (i32.const 4) (i32.const 30))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: directory, at: /live, source: "{dir:shown}", writable: true}]}}}}
;;! expect:
;;!   outcomes: [exited]
;;!   exitCode: 0
;;!   effects: [shown/dir created, shown/empty removed, shown/file.txt removed, shown/name created]
;;!   audit: [fs.createDirectory allowed, fs.removeDirectory allowed, fs.rename allowed, fs.setTimesPath allowed]
(module
  (import "wasi_snapshot_preview1" "path_filestat_set_times" (func $path_times (param i32 i32 i32 i32 i64 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_remove_directory" (func $rmdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_rename" (func $rename (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "file.txt")
  (data (i32.const 80) "dir")
  (data (i32.const 96) "empty")
  (data (i32.const 112) "name")
  (func $allowed (param $got i32) (param $code i32)
    (if (local.get $got) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $allowed (call $mkdir (i32.const 3) (i32.const 80) (i32.const 3)) (i32.const 1))
    (call $allowed (call $rmdir (i32.const 3) (i32.const 96) (i32.const 5)) (i32.const 2))
    (call $allowed (call $rename (i32.const 3) (i32.const 64) (i32.const 8) (i32.const 3) (i32.const 112) (i32.const 4)) (i32.const 3))
    (call $allowed (call $path_times (i32.const 3) (i32.const 0) (i32.const 112) (i32.const 4) (i64.const 1) (i64.const 1) (i32.const 5)) (i32.const 4))
    (call $proc_exit (i32.const 0))))
