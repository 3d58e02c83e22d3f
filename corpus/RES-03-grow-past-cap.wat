;;! title: memory.grow beyond the granted memory, with no maximum declared
;;! threats: [RES-03, MOD-11]
;;! provenance: core specification 4.4.11 (memory.grow may fail at the embedder's will); a missing maximum means 4 GiB to the engine
;;! notices: declared-maxima (the module's own or no maximum is left standing)
;;! run: {calls: [{call: _start}]}
;;! expect: {outcomes: [exited], exitCode: 0, events: [memory-limit], residentMiB: 500}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; 1: a growth of 16 MiB at once was allowed; 2: page by page the memory passed 16 MiB; 3: not even the granted memory was given.
  (func (export "_start")
    (if (i32.ne (memory.grow (i32.const 256)) (i32.const -1)) (then (call $proc_exit (i32.const 1))))
    (block $full
      (loop $more
        (br_if $full (i32.eq (memory.grow (i32.const 1)) (i32.const -1)))
        (i32.store8 (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 1)) (i32.const 1))
        (if (i32.gt_u (memory.size) (i32.const 256)) (then (call $proc_exit (i32.const 2))))
        (br $more)))
    (if (i32.ne (memory.size) (i32.const 256)) (then (call $proc_exit (i32.const 3))))
    (call $proc_exit (i32.const 0))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [exited], exitCode: 0}
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1 16)
  (func (export "_start")
    (if (i32.ne (memory.grow (i32.const 15)) (i32.const 1)) (then (call $proc_exit (i32.const 1))))
    (i32.store8 (i32.const 1048575) (i32.const 1))
    (call $proc_exit (i32.const 0))))
