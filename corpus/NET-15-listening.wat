;;! title: Accepting on a connected socket, and socket calls on standard streams
;;! threats: [NET-15]
;;! provenance: CVE-2026-21711 (Node.js, Unix socket server); wasmtime p3_cli_deny_listen
;;! notices: abi-table (accepting is done where only connecting was granted)
;;! run:
;;!   policy: {capabilities: {net: {tcp: {allow: ["127.0.0.1:{port:api}"]}, addresses: {allow: [loopback]}}}}
;;!   stdin: "{port:api}"
;;! setting:
;;!   servers: {api: {}}
;;! expect: {outcomes: [exited], exitCode: 0, effects: ["api: connection"], sent: [hello], stdout: "", audit: [net.connect allowed]}
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_accept" (func $sock_accept (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_send" (func $sock_send (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "gauntlet_v1" "tcp_connect" (func $tcp_connect (param i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; Standard input, a port of five digits, goes to 1024.
  (data (i32.const 0) "\00\04\00\00\05\00\00\00")
  (data (i32.const 512) "127.0.0.1hello")
  (data (i32.const 528) "\09\02\00\00\05\00\00\00")
  (func $digit (param $at i32) (param $times i32) (result i32)
    (i32.mul (i32.sub (i32.load8_u (i32.add (local.get $at) (i32.const 1024))) (i32.const 48)) (local.get $times)))
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)) (i32.const 0) (i32.const 1))
    (call $expect (call $tcp_connect (i32.const 512) (i32.const 9) (i32.add (call $digit (i32.const 0) (i32.const 10000))
        (i32.add (call $digit (i32.const 1) (i32.const 1000)) (i32.add (call $digit (i32.const 2) (i32.const 100))
        (i32.add (call $digit (i32.const 3) (i32.const 10)) (call $digit (i32.const 4) (i32.const 1))))))
      (i32.const 0) (i32.const 24) (i32.const 16))
      (i32.const 0) (i32.const 2))
    ;; 58 is notsup, 57 notsock.
    (call $expect (call $sock_accept (i32.load (i32.const 16)) (i32.const 0) (i32.const 20)) (i32.const 58) (i32.const 3))
    (call $expect (call $sock_accept (i32.const 1) (i32.const 0) (i32.const 20)) (i32.const 57) (i32.const 4))
    (call $expect (call $sock_send (i32.const 1) (i32.const 528) (i32.const 1) (i32.const 0) (i32.const 20)) (i32.const 57) (i32.const 5))
    (call $expect (call $sock_send (i32.load (i32.const 16)) (i32.const 528) (i32.const 1) (i32.const 0) (i32.const 20))
      (i32.const 0) (i32.const 6))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0, effects: ["api: connection"], sent: [hello], stdout: "", audit: [net.connect allowed]}
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_send" (func $sock_send (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "gauntlet_v1" "tcp_connect" (func $tcp_connect (param i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; Standard input, a port of five digits, goes to 1024.
  (data (i32.const 0) "\00\04\00\00\05\00\00\00")
  (data (i32.const 512) "127.0.0.1hello")
  (data (i32.const 528) "\09\02\00\00\05\00\00\00")
  (func $digit (param $at i32) (param $times i32) (result i32)
    (i32.mul (i32.sub (i32.load8_u (i32.add (local.get $at) (i32.const 1024))) (i32.const 48)) (local.get $times)))
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)) (i32.const 0) (i32.const 1))
    (call $expect (call $tcp_connect (i32.const 512) (i32.const 9) (i32.add (call $digit (i32.const 0) (i32.const 10000))
        (i32.add (call $digit (i32.const 1) (i32.const 1000)) (i32.add (call $digit (i32.const 2) (i32.const 100))
        (i32.add (call $digit (i32.const 3) (i32.const 10)) (call $digit (i32.const 4) (i32.const 1))))))
      (i32.const 0) (i32.const 24) (i32.const 16))
      (i32.const 0) (i32.const 2))
    (call $expect (call $sock_send (i32.load (i32.const 16)) (i32.const 528) (i32.const 1) (i32.const 0) (i32.const 20))
      (i32.const 0) (i32.const 6))
    (call $proc_exit (i32.const 0))))
