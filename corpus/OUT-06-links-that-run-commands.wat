;;! title: Log lines with links to commands, files and images, for an editor that shows Markdown
;;! threats: [OUT-06]
;;! provenance: CWE-79; command links of VS Code's trusted Markdown; CommonMark 0.31, sections 6.1, 6.3 and 6.5
;;! notices: editor-ui-rendering (the fence is one backtick, whatever the text holds)
;;! setting: {directories: {workspace: {main.c: "int main;"}}}
;;! run: {supply: {editor: "{dir:workspace}"}}
;;! expect: {outcomes: [completed], forbidden: ["more than text"]}
(module
  (import "gauntlet_v1" "log_write" (func $log (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "[Fix it](command:workbench.action.terminal.sendSequence?%7B%22text%22%3A%22id%0A%22%7D)")
  (data (i32.const 128) "` [Fix it](command:workbench.action.openSettings) `")
  (data (i32.const 256) "`` ` ``` [x](file:///etc/passwd) ``` <https://evil.test/> ![i](https://evil.test/i.png)")
  (data (i32.const 384) "\n\n# [Fix it][1]\n\n[1]: command:workbench.action.quit\n")
  (func $say (param $at i32) (local $n i32)
    (loop $next
      (if (i32.load8_u (i32.add (local.get $at) (local.get $n)))
        (then (local.set $n (i32.add (local.get $n) (i32.const 1))) (br $next))))
    (drop (call $log (i32.const 1) (local.get $at) (local.get $n))))
  (func (export "run")
    (call $say (i32.const 0))
    (call $say (i32.const 128))
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
