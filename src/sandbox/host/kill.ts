// How a host call ends a guest in a way that the guest cannot survive.

// (module (func (export "trap") unreachable))
const TRAP_MODULE = Uint8Array.from([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x02, 0x01, 0x00, 0x07, 0x08, 0x01,
  0x04, 0x74, 0x72, 0x61, 0x70, 0x00, 0x00, 0x0a, 0x05, 0x01, 0x03, 0x00, 0x00, 0x0b,
])

/**
 * A function that traps. A JavaScript exception that leaves a host call can be swallowed by the guest's `catch_all` (CTL-01), an exception
 * made of a trap likewise (CTL-02); a trap cannot: the exception-handling specification excludes traps from every catch clause, and V8 keeps a
 * trap that passes through JavaScript frames uncatchable as long as nobody there catches and rethrows it. The cell checks this engine
 * behaviour before it runs a guest (see `trapIsUncatchable`).
 */
export function makeTrap(): () => never {
  trapModule ??= new WebAssembly.Module(TRAP_MODULE)
  return new WebAssembly.Instance(trapModule).exports['trap'] as () => never
}
let trapModule: WebAssembly.Module | undefined

// Two guests that try to survive: `run` gives 1 if what `k` throws was caught, 0 if `k` returned.
const SWALLOWERS: readonly Uint8Array<ArrayBuffer>[] = [
  // (module (import "k" "k" (func $k)) (func (export "run") (result i32) try (result i32) (call $k) (i32.const 0) catch_all (i32.const 1) end))
  Uint8Array.from([
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x60, 0x00, 0x00, 0x60, 0x00, 0x01, 0x7f, 0x02, 0x07, 0x01,
    0x01, 0x6b, 0x01, 0x6b, 0x00, 0x00, 0x03, 0x02, 0x01, 0x01, 0x07, 0x07, 0x01, 0x03, 0x72, 0x75, 0x6e, 0x00, 0x01, 0x0a, 0x0e,
    0x01, 0x0c, 0x00, 0x06, 0x7f, 0x10, 0x00, 0x41, 0x00, 0x19, 0x41, 0x01, 0x0b, 0x0b,
  ]),
  // (module (import "k" "k" (func $k))
  //   (func (export "run") (result i32) (block $caught (try_table (catch_all $caught) (call $k)) (return (i32.const 0))) (i32.const 1)))
  Uint8Array.from([
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x60, 0x00, 0x00, 0x60, 0x00, 0x01, 0x7f, 0x02, 0x07, 0x01,
    0x01, 0x6b, 0x01, 0x6b, 0x00, 0x00, 0x03, 0x02, 0x01, 0x01, 0x07, 0x07, 0x01, 0x03, 0x72, 0x75, 0x6e, 0x00, 0x01, 0x0a, 0x14,
    0x01, 0x12, 0x00, 0x02, 0x40, 0x1f, 0x40, 0x01, 0x02, 0x00, 0x10, 0x00, 0x0b, 0x41, 0x00, 0x0f, 0x0b, 0x41, 0x01, 0x0b,
  ]),
]

/** True if this engine lets a trap through every `catch_all` that it has, as the specification says. Without that no guest may run here. */
export function trapIsUncatchable(): boolean {
  uncatchable ??= SWALLOWERS.every((bytes) => !catches(bytes, makeTrap()))
  return uncatchable
}
let uncatchable: boolean | undefined

/** Whether a guest survives the trap. The trap passes through a function of the host's, as it does in a host call. */
function catches(bytes: Uint8Array<ArrayBuffer>, trap: () => never): boolean {
  // An engine that does not know the instruction has nothing there that could catch, and refuses guests that use it.
  if (!WebAssembly.validate(bytes)) return false
  const k = Object.assign(Object.create(null), { k: () => trap() })
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), Object.assign(Object.create(null), { k }))
  try {
    ;(instance.exports['run'] as () => number)()
    return true
  } catch (error) {
    return !(error instanceof WebAssembly.RuntimeError)
  }
}
