;;! title: Twelve refused requests, and then a trap
;;! threats: [OUT-11]
;;! provenance: CWA-2024-008 (a panic hides the accounting); CWE-778
;;! notices: audit-log (refusals not recorded, or recorded when the guest ends well)
;;! run: {policy: {capabilities: {net: {http: {allow: ["http://127.0.0.1:7"]}, addresses: {allow: [loopback]}}}}}
;;! expect:
;;!   outcomes: [trapped]
;;!   events: [network-access]
;;!   audit: [net.http denied, net.http denied, net.http denied, net.http denied, net.http denied, net.http denied,
;;!     net.http denied, net.http denied, net.http denied, net.http denied, net.http denied, net.http denied]
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "gauntlet_v1" "http_request"
    (func $http_request (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (data (i32.const 0) "GET")
  (data (i32.const 16) "http://127.0.0.1:9/")
  (func $ask (result i32)
    (call $http_request (i32.const 0) (i32.const 3) (i32.const 16) (i32.const 19) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
      (i32.const 0) (i32.const 64)))
  (func (export "_start") (local $left i32)
    (local.set $left (i32.const 12))
    (loop $again
      (call $expect (call $ask) (i32.const 2) (i32.const 1))
      (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (unreachable)))
;;! --- twin
;;! run: {policy: {capabilities: {net: {http: {allow: ["http://127.0.0.1:{port:api}"]}, addresses: {allow: [loopback]}}}}, stdin: "http://127.0.0.1:{port:api}/"}
;;! setting: {servers: {api: {responses: [{body: ok}]}}}
;;! expect: {outcomes: [exited], exitCode: 0, effects: ["api: GET / HTTP/1.1"], audit: [net.http allowed]}
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
