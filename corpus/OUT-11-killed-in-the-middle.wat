;;! title: Killed while an allowed request waits for its answer
;;! threats: [OUT-11]
;;! provenance: CWE-778; CWE-223
;;! notices: audit-log (recorded when the effect is over, and not before it begins)
;;! run: {limits: {wallClockMs: 2000}, policy: {capabilities: {net: {http: {allow: ["http://127.0.0.1:{port:api}"]}, addresses: {allow: [loopback]}}}}, stdin: "http://127.0.0.1:{port:api}/"}
;;! setting: {servers: {api: {responses: [{body: late, delayMs: 20000}]}}}
;;! expect: {outcomes: [limit], details: [wall-clock-limit], effects: ["api: GET / HTTP/1.1"], audit: [net.http allowed]}
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "gauntlet_v1" "http_request"
    (func $http_request (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; The address is what is on standard input.
  (data (i32.const 0) "GET")
  (data (i32.const 8) "\00\01\00\00\80\00\00\00")
  (func (export "_start")
    (drop (call $fd_read (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 64)))
    (call $proc_exit (call $http_request (i32.const 0) (i32.const 3) (i32.const 256) (i32.load (i32.const 64))
      (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 68)))))
;;! --- twin
;;! run: {policy: {capabilities: {net: {http: {allow: ["http://127.0.0.1:{port:api}"]}, addresses: {allow: [loopback]}}}}, stdin: "http://127.0.0.1:{port:api}/"}
;;! setting: {servers: {api: {responses: [{body: ok}]}}}
;;! expect: {outcomes: [exited], exitCode: 0, effects: ["api: GET / HTTP/1.1"]}
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "gauntlet_v1" "http_request"
    (func $http_request (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; The address is what is on standard input.
  (data (i32.const 0) "GET")
  (data (i32.const 8) "\00\01\00\00\80\00\00\00")
  (func (export "_start")
    (drop (call $fd_read (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 64)))
    (call $proc_exit (call $http_request (i32.const 0) (i32.const 3) (i32.const 256) (i32.load (i32.const 64))
      (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 68)))))
