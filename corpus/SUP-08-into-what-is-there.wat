;;! title: Files of a guest, written into a directory in which a link waits for them
;;! threats: [SUP-08]
;;! provenance: CWE-59; moonrepo/starbase issue 182 (entries that are there already)
;;! notices: package-extraction (a directory with something in it is written into)
;;! setting: {directories: {out: {data: {link: "{dir:outside}"}}, outside: {secret.txt: untouched}}}
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: memory, at: /data}]}}}, supply: {out: "{dir:out}"}}
;;! expect: {outcomes: [refused], details: [out-refused], effects: []}
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "secret.txt")
  (func (export "_start")
    (call $proc_exit
      (call $path_open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 10) (i32.const 1) (i64.const 64) (i64.const 64) (i32.const 0) (i32.const 0)))))
;;! --- twin
;;! inherit: true
;;! setting: {directories: {out: {}, outside: {secret.txt: untouched}}}
;;! expect: {outcomes: [exited], exitCode: 0, effects: [out/data created, out/data/secret.txt created]}
