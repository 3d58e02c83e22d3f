;;! title: All granted memory grown at once and every page touched, again and again
;;! threats: [RES-03]
;;! provenance: core specification 4.4.11; resource limiters count what is mapped, the host pays for what is touched
;;! notices: memory-watch, or declared-maxima
;;! run: {limits: {wallClockMs: 1000, cpuMs: 1500, memoryBytes: 67108864}}
;;! expect: {outcomes: [limit], details: [wall-clock-limit, cpu-limit, memory-limit], residentMiB: 600}
(module
  (memory (export "memory") 1)
  (func (export "run") (local $p i32)
    (loop $grow (br_if $grow (i32.ne (memory.grow (i32.const 64)) (i32.const -1))))
    (loop $again
      (local.set $p (i32.const 0))
      (loop $touch
        (i32.store (local.get $p) (i32.add (i32.load (local.get $p)) (i32.const 1)))
        (local.set $p (i32.add (local.get $p) (i32.const 4096)))
        (br_if $touch (i32.lt_u (local.get $p) (i32.mul (memory.size) (i32.const 65536)))))
      (br $again))))
;;! --- twin
;;! inherit: true
;;! expect: {outcomes: [completed], values: ["1"]}
(module
  (memory (export "memory") 256 256)
  (func (export "run") (result i32) (local $p i32)
    (loop $touch
      (i32.store (local.get $p) (i32.const 1))
      (local.set $p (i32.add (local.get $p) (i32.const 4096)))
      (br_if $touch (i32.lt_u (local.get $p) (i32.const 16777216))))
    (i32.load (i32.const 16773120))))
