;;! title: An empty list of origins, taken for no list
;;! threats: [SUP-09, NET-09]
;;! provenance: gestalt issue 383 (empty AllowedHosts permits all)
;;! notices: network-policy (an empty list allows everything)
;;! run:
;;!   policy: {capabilities: {net: {http: {allow: []}, addresses: {allow: [loopback]}}}}
;;!   stdin: "02^GET^http://127.0.0.1:{port:api}/^^~"
;;! setting:
;;!   servers: {api: {responses: [{body: answer}]}}
;;! expect:
;;!   outcomes: [exited]
;;!   exitCode: 0
;;!   events: [network-access]
;;!   effects: []
;;!   audit: [net.http denied]
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "gauntlet_v1" "http_request"
    (func $http_request (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "http_close" (func $http_close (param i32) (result i32)))
  (memory (export "memory") 1)
  ;; Standard input goes to 1024.
  (data (i32.const 0) "\00\04\00\00\00\f0\00\00")
  (global $at (mut i32) (i32.const 1024))
  ;; Where the next field begins, and its length; $mark ends it.
  (func $field (param $mark i32) (result i32 i32)
    (local $from i32)
    (local.set $from (global.get $at))
    (block $found (loop $next
      (br_if $found (i32.eq (i32.load8_u (global.get $at)) (local.get $mark)))
      (global.set $at (i32.add (global.get $at) (i32.const 1)))
      (br $next)))
    (local.get $from)
    (i32.sub (global.get $at) (local.get $from))
    (global.set $at (i32.add (global.get $at) (i32.const 1))))
  ;; The input is lines of the form "errno^method^URL^headers^body~": each request must be answered with that errno, of two digits.
  ;; Exits with the number of the first line whose was not.
  (func (export "_start") (local $line i32) (local $want i32) (local $got i32)
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (loop $lines
      (local.set $line (i32.add (local.get $line) (i32.const 1)))
      (local.set $want (i32.sub
        (i32.add (i32.mul (i32.load8_u (global.get $at)) (i32.const 10)) (i32.load8_u offset=1 (global.get $at)))
        (i32.const 528)))
      (global.set $at (i32.add (global.get $at) (i32.const 3)))
      (local.set $got (call $http_request
        (call $field (i32.const 0x5e)) (call $field (i32.const 0x5e)) (call $field (i32.const 0x5e)) (call $field (i32.const 0x7e))
        (i32.const 0) (i32.const 16)))
      (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $line))))
      (if (i32.eqz (local.get $got)) (then (drop (call $http_close (i32.load (i32.const 16))))))
      (br_if $lines (i32.lt_u (global.get $at) (i32.add (i32.load (i32.const 8)) (i32.const 1024)))))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! run:
;;!   policy: {capabilities: {net: {http: {allow: ["http://127.0.0.1:{port:api}"]}, addresses: {allow: [loopback]}}}}
;;!   stdin: "00^GET^http://127.0.0.1:{port:api}/^^~"
;;! expect:
;;!   outcomes: [exited]
;;!   exitCode: 0
;;!   effects: ["api: GET / HTTP/1.1"]
;;!   audit: [net.http allowed]
