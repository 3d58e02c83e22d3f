;;! title: Log lines with elements, event handlers and ends of attributes, for an editor's panel that is a web page
;;! threats: [OUT-07]
;;! provenance: GHSA-q8xv-4mx8-4cj6 / CVE-2026-41612; CWE-79
;;! notices: editor-ui-rendering (quotation marks, which end an attribute, are not escaped)
;;! setting: {directories: {workspace: {main.c: "int main;"}}}
;;! run: {supply: {editor: "{dir:workspace}"}}
;;! expect: {outcomes: [completed], forbidden: ["more than text"]}
(module
  (import "gauntlet_v1" "log_write" (func $log (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "<script>acquireVsCodeApi().postMessage({command:'run'})</script>")
  (data (i32.const 128) "\22 onfocus=\22alert(1)\22 autofocus x=\22")
  (data (i32.const 192) "' onerror='alert(1)")
  (data (i32.const 256) "<img src=https://evil.test/i.png onerror=alert`1`>")
  (data (i32.const 384) "&lt;script&gt; &#60;script&#62;")
  (func $say (param $at i32) (local $n i32)
    (loop $next
      (if (i32.load8_u (i32.add (local.get $at) (local.get $n)))
        (then (local.set $n (i32.add (local.get $n) (i32.const 1))) (br $next))))
    (drop (call $log (i32.const 1) (local.get $at) (local.get $n))))
  (func (export "run")
    (call $say (i32.const 0))
    (call $say (i32.const 128))
    (call $say (i32.const 192))
    (call $say (i32.const 256))
    (call $say (i32.const 384))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], forbidden: ["more than text", "no such place"]}
(module
  (import "gauntlet_v1" "log_write" (func $log (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "main.c")
  (func (export "run") (drop (call $log (i32.const 1) (i32.const 0) (i32.const 6)))))
