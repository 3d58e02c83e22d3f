;;! title: Proxies, with their password, in the environment of the host
;;! threats: [NET-14, NET-10]
;;! provenance: CVE-2026-48615 (Node.js, ERR_PROXY_TUNNEL); NODE_USE_ENV_PROXY
;;! notices: broker (the host's proxy is asked on behalf of a guest)
;;! run:
;;!   policy: {capabilities: {net: {http: {allow: ["http://127.0.0.1:{port:api}"]}, addresses: {allow: [loopback]}}}}
;;!   stdin: "http://127.0.0.1:{port:api}/"
;;! setting:
;;!   environment:
;;!     NODE_USE_ENV_PROXY: "1"
;;!     NO_PROXY: ""
;;!     no_proxy: ""
;;!     HTTP_PROXY: "http://user:{secret}@127.0.0.1:{port:proxy}"
;;!     http_proxy: "http://user:{secret}@127.0.0.1:{port:proxy}"
;;!     HTTPS_PROXY: "http://user:{secret}@127.0.0.1:{port:proxy}"
;;!     https_proxy: "http://user:{secret}@127.0.0.1:{port:proxy}"
;;!     ALL_PROXY: "http://user:{secret}@127.0.0.1:{port:proxy}"
;;!     all_proxy: "http://user:{secret}@127.0.0.1:{port:proxy}"
;;!   servers: {api: {responses: [{echo: true}]}, proxy: {responses: [{echo: true}]}}
;;! expect:
;;!   outcomes: [exited]
;;!   exitCode: 0
;;!   effects: ["api: GET / HTTP/1.1"]
;;!   notSent: ["roxy-"]
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "gauntlet_v1" "http_request"
    (func $http_request (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "http_body" (func $http_body (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  ;; Standard input, a URL, goes to 1024; bodies to 65536.
  (data (i32.const 0) "\00\04\00\00\00\10\00\00\00\00\01\00\00\00\00\00")
  (data (i32.const 512) "GET")
  (func $expect (param $got i32) (param $code i32)
    (if (local.get $got) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 32)) (i32.const 1))
    (call $expect (call $http_request (i32.const 512) (i32.const 3) (i32.const 1024) (i32.load (i32.const 32))
      (i32.const 515) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 36)) (i32.const 2))
    (loop $more
      (call $expect (call $http_body (i32.load (i32.const 36)) (i32.const 65536) (i32.const 65536) (i32.const 12)) (i32.const 3))
      (call $expect (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 40)) (i32.const 4))
      (br_if $more (i32.load (i32.const 12))))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! setting:
;;!   servers: {api: {responses: [{echo: true}]}, proxy: {}}
;;! expect: {outcomes: [exited], exitCode: 0, effects: ["api: GET / HTTP/1.1"], sent: ["user-agent: wasm-gauntlet"]}
