;;! title: catch_all around every write while the output limit strikes
;;! threats: [CTL-01, WSI-17]
;;! provenance: measured on Node 20, 22, 24 and 26, catch_all catches a JavaScript exception thrown by an import
;;! notices: uncatchable-kill for the output cap (a quota error thrown through the guest)
;;! run: {limits: {outputBytes: 65536}}
;;! expect: {outcomes: [limit], details: [output-limit], forbidden: [SURVIVED]}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 0) "\00\00\01\00\00\10\00\00\20\00\00\00\09\00\00\00")
  (data (i32.const 32) "SURVIVED\n")
  (func (export "_start") (local $n i32)
    (loop $again
      (try (do (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))) (catch_all))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $n) (i32.const 64))))
    (try (do (drop (call $fd_write (i32.const 2) (i32.const 8) (i32.const 1) (i32.const 64)))) (catch_all))
    ;; Reached only by a guest that was not ended.
    (unreachable)))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed]}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 0) "\00\00\01\00\00\10\00\00")
  (func (export "_start") (local $n i32)
    (loop $again
      (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $n) (i32.const 15))))))
