;;! title: An export named "then" makes the exports a thenable that enters the guest
;;! threats: [LNK-07]
;;! provenance: measured on Node 20, 22, 24 and 26; tc39/proposal-dynamic-import#47, WebAssembly/spec#2034
;;! notices: export-map (exports returned from, or awaited in, an async function)
;;! run: {calls: [{call: run}], limits: {wallClockMs: 4000}}
;;! expect: {outcomes: [completed], stdout: "run\n", forbidden: [ENTERED]}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\08\00\00\00\30\00\00\00\04\00\00\00")
  (data (i32.const 32) "ENTERED\n")
  (data (i32.const 48) "run\n")
  ;; Called with the host's resolve and reject functions, neither of which it ever calls.
  (func (export "then") (param externref externref)
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16))))
  (func (export "run")
    (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], stdout: "run\n"}
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "\30\00\00\00\04\00\00\00")
  (data (i32.const 48) "run\n")
  (func (export "than") (param externref externref))
  (func (export "run")
    (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))))
