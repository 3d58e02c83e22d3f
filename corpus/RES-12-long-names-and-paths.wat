;;! title: A name, a path and the target of a link, each a byte longer than it may be
;;! threats: [RES-12]
;;! provenance: CWE-407; work on a path that grows with the square of its length
;;! notices: path-resolution (names or paths not limited)
;;! run: {policy: {quotas: {fileNameBytes: 16, pathBytes: 64}, capabilities: {fs: {mounts: [{kind: memory, at: /data}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $make (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_symlink" (func $symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "abcdefghijklmnopq")
  (data (i32.const 32) "a/../a/../a/../a/../a/../a/../a/../a/../a/../a/../a/../a/../a/../")
  (func (export "_start")
    (if (i32.ne (call $make (i32.const 3) (i32.const 0) (i32.const 17)) (i32.const 37)) (then (call $proc_exit (i32.const 1))))
    (if (call $make (i32.const 3) (i32.const 0) (i32.const 16)) (then (call $proc_exit (i32.const 2))))
    (if (i32.ne (call $make (i32.const 3) (i32.const 32) (i32.const 65)) (i32.const 37)) (then (call $proc_exit (i32.const 3))))
    (if (i32.ne (call $symlink (i32.const 32) (i32.const 65) (i32.const 3) (i32.const 0) (i32.const 1)) (i32.const 37)) (then (call $proc_exit (i32.const 4))))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $make (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "abcdefghijklmnopq")
  (func (export "_start")
    (call $proc_exit (call $make (i32.const 3) (i32.const 0) (i32.const 16)))))
