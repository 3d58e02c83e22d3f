;;! title: Signals to the host's process, every number of them
;;! threats: [WSI-14, WSI-13, MEM-15]
;;! provenance: WASI preview 1, proc_raise; naive shims call process.kill
;;! notices: abi-table (proc_raise does what it says, or answers nothing, which is success)
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "proc_raise" (func $raise (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  ;; 58 is "not supported"; KILL, STOP and TERM come first, because nobody can catch the first two.
  (func $raised (param $signal i32)
    (if (i32.ne (call $raise (local.get $signal)) (i32.const 58))
      (then (call $proc_exit (i32.add (local.get $signal) (i32.const 1))))))
  (func (export "_start") (local $signal i32)
    (call $raised (i32.const 9))
    (call $raised (i32.const 18))
    (call $raised (i32.const 14))
    (loop $next
      (call $raised (local.get $signal))
      (local.set $signal (i32.add (local.get $signal) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $signal) (i32.const 31))))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["0"]}
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (func (export "run") (result i32) (call $sched_yield)))
