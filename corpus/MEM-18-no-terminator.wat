;;! title: Names that end where memory ends or where other text goes on, and room for an answer without a byte to spare
;;! threats: [MEM-18]
;;! provenance: "nodejs/uvwasi#263 and #202 (lengths of readlink and prestat)"
;;! notices: guest-memory (a terminator looked for); abi-table (a terminator written)
;;! run: {policy: {capabilities: {fs: {mounts: [{kind: memory, at: /data}]}}}}
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $fd_prestat_dir_name (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_symlink" (func $path_symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_readlink" (func $path_readlink (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 65534) "zz")
  (data (i32.const 256) "abcd")
  (data (i32.const 272) "link")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func $mkdir (param $at i32) (param $length i32) (result i32)
    (call $path_mkdir (i32.const 3) (local.get $at) (local.get $length)))
  (func $stat (param $at i32) (param $length i32) (result i32)
    (call $path_stat (i32.const 3) (i32.const 0) (local.get $at) (local.get $length) (i32.const 512)))
  (func (export "_start")
    (memory.fill (i32.const 1024) (i32.const 0xaa) (i32.const 1024))
    (call $expect (call $mkdir (i32.const 256) (i32.const 2)) (i32.const 0) (i32.const 1))
    (call $expect (call $stat (i32.const 256) (i32.const 2)) (i32.const 0) (i32.const 2))
    (call $expect (call $stat (i32.const 256) (i32.const 4)) (i32.const 44) (i32.const 3))
    (call $expect (call $mkdir (i32.const 65534) (i32.const 3)) (i32.const 21) (i32.const 4))
    (call $expect (call $mkdir (i32.const 65534) (i32.const -1)) (i32.const 21) (i32.const 5))
    (call $expect (call $mkdir (i32.const 65534) (i32.const 2)) (i32.const 0) (i32.const 6))
    (call $expect (call $stat (i32.const 65534) (i32.const 2)) (i32.const 0) (i32.const 7))
    ;; The name of the mount, "/data", fits exactly; one byte less is too little, and then nothing is written.
    (call $expect (call $fd_prestat_dir_name (i32.const 3) (i32.const 1024) (i32.const 4)) (i32.const 37) (i32.const 8))
    (call $expect (i32.load (i32.const 1024)) (i32.const 0xaaaaaaaa) (i32.const 9))
    (call $expect (call $fd_prestat_dir_name (i32.const 3) (i32.const 1024) (i32.const 5)) (i32.const 0) (i32.const 10))
    (call $expect (i32.load8_u (i32.const 1028)) (i32.const 0x61) (i32.const 11))
    (call $expect (i32.load8_u (i32.const 1029)) (i32.const 0xaa) (i32.const 12))
    ;; A link's target, "ab": its length and no more, and cut where the room ends.
    (call $expect (call $path_symlink (i32.const 256) (i32.const 2) (i32.const 3) (i32.const 272) (i32.const 4)) (i32.const 0) (i32.const 13))
    (call $expect (call $path_readlink (i32.const 3) (i32.const 272) (i32.const 4) (i32.const 1536) (i32.const 16) (i32.const 128))
      (i32.const 0) (i32.const 14))
    (call $expect (i32.load (i32.const 128)) (i32.const 2) (i32.const 15))
    (call $expect (i32.load8_u (i32.const 1538)) (i32.const 0xaa) (i32.const 16))
    (call $expect (call $path_readlink (i32.const 3) (i32.const 272) (i32.const 4) (i32.const 1552) (i32.const 1) (i32.const 128))
      (i32.const 0) (i32.const 17))
    (call $expect (i32.load (i32.const 128)) (i32.const 1) (i32.const 18))
    (call $expect (i32.load8_u (i32.const 1553)) (i32.const 0xaa) (i32.const 19))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $fd_prestat_dir_name (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 256) "name\00")
  ;; Ends the guest with $code unless $got is $want.
  (func $expect (param $got i32) (param $want i32) (param $code i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $code)))))
  (func (export "_start")
    (call $expect (call $path_mkdir (i32.const 3) (i32.const 256) (i32.const 4)) (i32.const 0) (i32.const 1))
    (call $expect (call $path_stat (i32.const 3) (i32.const 0) (i32.const 256) (i32.const 4) (i32.const 512)) (i32.const 0) (i32.const 2))
    (call $proc_exit (call $fd_prestat_dir_name (i32.const 3) (i32.const 1024) (i32.const 5)))))
