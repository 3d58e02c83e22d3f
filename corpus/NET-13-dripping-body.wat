;;! title: A body that comes a byte at a time, with a minute between two
;;! threats: [NET-13]
;;! provenance: CWE-400; slow reads of HTTP bodies
;;! notices: broker-deadlines (only the head of a response has a deadline)
;;! run:
;;!   policy:
;;!     quotas: {hostCallMs: 2s}
;;!     capabilities: {net: {http: {allow: ["http://127.0.0.1:{port:api}"]}, addresses: {allow: [loopback]}}}
;;!   limits: {wallClockMs: 9000}
;;!   stdin: "http://127.0.0.1:{port:api}/"
;;! setting:
;;!   servers: {api: {responses: [{body: slowly, dripMs: 10000}]}}
;;! # 73 is timedout.
;;! expect: {outcomes: [exited], exitCode: 73, events: [quota-exceeded], effects: ["api: GET / HTTP/1.1"]}
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "gauntlet_v1" "http_request"
    (func $http_request (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "http_body" (func $http_body (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  ;; Standard input, a URL, goes to 1024; the body to 65536.
  (data (i32.const 0) "\00\04\00\00\00\10\00\00")
  (data (i32.const 512) "GET")
  ;; Exits with the errno that ended the body, 0 at its end; with 200 if more than 1 MiB of it came.
  (func (export "_start") (local $sum i32) (local $errno i32)
    (if (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)) (then (call $proc_exit (i32.const 201))))
    (if (call $http_request (i32.const 512) (i32.const 3) (i32.const 1024) (i32.load (i32.const 8))
          (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16))
      (then (call $proc_exit (i32.const 202))))
    (loop $more
      (local.set $errno (call $http_body (i32.load (i32.const 16)) (i32.const 65536) (i32.const 65536) (i32.const 20)))
      (if (local.get $errno) (then (call $proc_exit (local.get $errno))))
      (local.set $sum (i32.add (local.get $sum) (i32.load (i32.const 20))))
      (if (i32.gt_u (local.get $sum) (i32.const 0x100000)) (then (call $proc_exit (i32.const 200))))
      (br_if $more (i32.load (i32.const 20))))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! run:
;;!   policy:
;;!     quotas: {hostCallMs: 5s}
;;!     capabilities: {net: {http: {allow: ["http://127.0.0.1:{port:api}"]}, addresses: {allow: [loopback]}}}
;;!   stdin: "http://127.0.0.1:{port:api}/"
;;! setting:
;;!   servers: {api: {responses: [{body: slowly, dripMs: 20}]}}
;;! expect: {outcomes: [exited], exitCode: 0, effects: ["api: GET / HTTP/1.1"]}
