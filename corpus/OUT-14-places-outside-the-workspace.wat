;;! title: Places in files that lie outside of the workspace, on another machine, behind a link, or nowhere
;;! threats: [OUT-14]
;;! provenance: CWE-73; CVE-2024-37372 (paths that begin with two backslashes); GHSA-q8xv-4mx8-4cj6 (a root that is too wide)
;;! notices: location-containment (where the text leads is looked at, and not where the path does)
;;! setting: {directories: {workspace: {src/main.c: "int main;", out: {link: "../outside"}, there: {link: "../outside/there.txt"}}, outside: {there.txt: "{secret}"}}}
;;! run: {supply: {editor: "{dir:workspace}"}, stdin: "{dir:outside}/there.txt"}
;;! expect: {outcomes: [completed], forbidden: ["An editor opens"]}
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "log_write" (func $log (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\00\10\00\00\00\10\00\00")
  (data (i32.const 64) "../outside/there.txt\00src/../../outside/there.txt\00out/there.txt\00there\00out/../../outside/there.txt\00"
    "/etc/passwd\00file:///etc/passwd\00vscode://settings\00\5c\5cevil.test\5cshare\5cx\00//evil.test/share/x\00C:\5cWindows\5cwin.ini\00"
    "src/main.c:1\00src/main.c\0a\00src//main.c\00./src/main.c\00~/.ssh/id_rsa\00src/main.c.\00NUL\00src\00.\00..\00src/none.c\00\00")
  (func (export "run") (local $at i32) (local $n i32)
    ;; The absolute path comes on standard input.
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (drop (call $log (i32.const 1) (i32.const 4096) (i32.load (i32.const 8))))
    (local.set $at (i32.const 64))
    (loop $texts
      (local.set $n (i32.const 0))
      (loop $next
        (if (i32.load8_u (i32.add (local.get $at) (local.get $n)))
          (then (local.set $n (i32.add (local.get $n) (i32.const 1))) (br $next))))
      (if (local.get $n)
        (then
          (drop (call $log (i32.const 1) (local.get $at) (local.get $n)))
          (local.set $at (i32.add (local.get $at) (i32.add (local.get $n) (i32.const 1))))
          (br $texts))))))
;;! --- twin
;;! inherit: true
;;! run: {supply: {editor: "{dir:workspace}"}}
;;! expect: {outcomes: [completed], forbidden: ["no such place"]}
(module
  (import "gauntlet_v1" "log_write" (func $log (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "src/main.c")
  (func (export "run") (drop (call $log (i32.const 1) (i32.const 0) (i32.const 10)))))
