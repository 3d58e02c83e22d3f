;;! title: A denied name in capitals, with other dots, invisible characters, a dot at its end, a NUL in it
;;! threats: [NET-08, NET-09]
;;! provenance: CVE-2026-48618 (Unicode dots), CVE-2026-48930 (embedded NUL), CVE-2026-48928 (case); measured, soft hyphens disappear
;;! notices: host-name-canonicalisation (a name is used as it came, not in the form that was checked)
;;! run:
;;!   policy:
;;!     capabilities:
;;!       net:
;;!         http: {allow: ["http://*:*"], deny: ["http://secret.example:*"]}
;;!         dns: {allow: ["*"], deny: [secret.example]}
;;!         tcp: {allow: ["*:*"], deny: ["secret.example:*"]}
;;!         addresses: {allow: [loopback]}
;;!   stdin: "02^h^http://SECRET.example:{port:internal}/~\
;;!     02^h^http://secret。example:{port:internal}/~\
;;!     02^h^http://sec\u00adret.example:{port:internal}/~\
;;!     02^h^http://secret.example.:{port:internal}/~\
;;!     02^h^http://ｓｅｃｒｅｔ.example:{port:internal}/~\
;;!     02^h^http://s%65cret.example:{port:internal}/~\
;;!     02^d^Secret.Example~\
;;!     02^d^secret.example.~\
;;!     02^d^secret。example~\
;;!     02^d^sec\u00adret.example~\
;;!     02^t^SECRET.EXAMPLE.^{port:internal}~\
;;!     02^t^ｓecret.example^{port:internal}~\
;;!     28^h^http://secret.example%00.public.example:{port:internal}/~\
;;!     28^h^http://secret.example..:{port:internal}/~\
;;!     28^d^secret.example\0~\
;;!     28^d^secret.example\0.public.example~\
;;!     28^d^s%65cret.example~\
;;!     28^d^secret..example~\
;;!     28^d^-secret.example~"
;;! setting:
;;!   names: {secret.example: [[127.0.0.1]], secret.example.: [[127.0.0.1]]}
;;!   servers: {internal: {responses: [{body: "{secret}"}]}}
;;! expect: {outcomes: [exited], exitCode: 0, events: [network-access], effects: []}
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "gauntlet_v1" "http_request"
    (func $http_request (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "dns_resolve" (func $dns_resolve (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "tcp_connect" (func $tcp_connect (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "tls_certificate" (func $tls_certificate (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; Standard input goes to 1024.
  (data (i32.const 0) "\00\04\00\00\00\f0\00\00")
  (data (i32.const 1020) "GET")
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
  (func $number (param $from i32) (param $length i32) (result i32) (local $sum i32)
    (loop $digits
      (local.set $sum (i32.sub
        (i32.add (i32.mul (local.get $sum) (i32.const 10)) (i32.load8_u (local.get $from)))
        (i32.const 48)))
      (local.set $from (i32.add (local.get $from) (i32.const 1)))
      (br_if $digits (local.tee $length (i32.sub (local.get $length) (i32.const 1)))))
    (local.get $sum))
  ;; The input is lines that begin with an errno of two digits and a call: "h^URL~" asks for a URL, "d^name~" for the A records of a name,
  ;; "t^host^port~" connects, "c^host^port~" looks at a certificate. Exits with the number of the first line that was answered otherwise.
  (func $ask (param $call i32) (result i32)
    (if (i32.eq (local.get $call) (i32.const 0x68)) (then
      (return (call $http_request (i32.const 1020) (i32.const 3) (call $field (i32.const 0x7e))
        (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16)))))
    (if (i32.eq (local.get $call) (i32.const 0x64)) (then
      (return (call $dns_resolve (call $field (i32.const 0x7e)) (i32.const 0) (i32.const 256) (i32.const 512) (i32.const 20)))))
    (if (i32.eq (local.get $call) (i32.const 0x74)) (then
      (return (call $tcp_connect (call $field (i32.const 0x5e)) (call $number (call $field (i32.const 0x7e)))
        (i32.const 0) (i32.const 24) (i32.const 16)))))
    (call $tls_certificate (call $field (i32.const 0x5e)) (call $number (call $field (i32.const 0x7e))) (i32.const 0) (i32.const 32)))
  (func (export "_start") (local $line i32) (local $want i32) (local $call i32)
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (loop $lines
      (local.set $line (i32.add (local.get $line) (i32.const 1)))
      (local.set $want (call $number (global.get $at) (i32.const 2)))
      (local.set $call (i32.load8_u offset=3 (global.get $at)))
      (global.set $at (i32.add (global.get $at) (i32.const 5)))
      (if (i32.ne (call $ask (local.get $call)) (local.get $want)) (then (call $proc_exit (local.get $line))))
      (br_if $lines (i32.lt_u (global.get $at) (i32.add (i32.load (i32.const 8)) (i32.const 1024)))))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! run: {stdin: "00^h^http://public.example:{port:internal}/~00^d^public.example~"}
;;! setting:
;;!   names: {public.example: [[127.0.0.1]]}
;;!   servers: {internal: {}}
;;! expect:
;;!   outcomes: [exited]
;;!   exitCode: 0
;;!   effects: ["dns: public.example", "internal: GET / HTTP/1.1"]
;;!   sent: ["host: public.example:"]
