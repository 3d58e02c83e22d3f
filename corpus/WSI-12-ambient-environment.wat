;;! title: An environment and arguments that nobody passed
;;! threats: [WSI-12]
;;! provenance: jco#466; wasmtime test p2_cli_env
;;! notices: environment-isolation (process.env or process.argv as a default)
;;! expect: {outcomes: [exited], exitCode: 0, stdout: ""}
(module
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 4)
  ;; Whatever is there is written out, so that a canary in it shows.
  (func (export "_start")
    (if (call $environ_sizes_get (i32.const 0) (i32.const 4)) (then (call $proc_exit (i32.const 1))))
    (if (i32.eqz (i32.load (i32.const 0))) (then (call $proc_exit (i32.const 0))))
    (drop (call $environ_get (i32.const 16) (i32.const 65536)))
    (i32.store (i32.const 8) (i32.const 65536))
    (i32.store (i32.const 12) (i32.load (i32.const 4)))
    (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 0)))
    (call $proc_exit (i32.const 2))))
;;! --- twin
;;! run: {env: {GRANTED: "yes"}}
;;! expect: {outcomes: [exited], exitCode: 0, stdout: "GRANTED=yes"}
(module
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 2)
  (func (export "_start")
    (if (call $environ_sizes_get (i32.const 0) (i32.const 4)) (then (call $proc_exit (i32.const 1))))
    (if (i32.ne (i32.load (i32.const 0)) (i32.const 1)) (then (call $proc_exit (i32.const 2))))
    (drop (call $environ_get (i32.const 16) (i32.const 1024)))
    (i32.store (i32.const 8) (i32.const 1024))
    (i32.store (i32.const 12) (i32.sub (i32.load (i32.const 4)) (i32.const 1)))
    (call $proc_exit (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 0)))))
