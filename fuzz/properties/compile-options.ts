// The engine is given a module's bytes and nothing else: with options it would satisfy imports by itself that admission has never seen (LNK-05).
import { assemble } from '../../src/attacks/assemble.ts'
import type { Property } from '../../src/campaign/property.ts'
import { createSandbox } from '../../src/sandbox/index.ts'
import { type Case, checkCases } from '../cases.ts'

/** How many arguments each compilation had since the last look. */
let seen: number[] = []
const { Module } = WebAssembly
WebAssembly.Module = new Proxy(Module, {
  construct(target, given) {
    seen.push(given.length)
    return Reflect.construct(target, given) as object
  },
})

const INLINE = {
  isolation: { level: 'inline', exclusiveJail: false },
  quotas: { wallClockMs: null, cpuMs: null, residentBytes: null },
} as const

const compiled =
  (text: string, options: object = {}): Case =>
  async () => {
    const module = await assemble(text)
    seen = []
    const sandbox = createSandbox(INLINE)
    const result = await sandbox.execute(module, undefined, options)
    await sandbox[Symbol.asyncDispose]()
    if (result.outcome !== 'completed') return `an honest guest is ${result.outcome}: ${result.message}`
    if (seen.length === 0) return 'no module was compiled, so nothing is known'
    const most = Math.max(...seen)
    return most === 1 ? null : `a module was compiled with ${most} arguments`
  }

const property: Property = {
  name: 'compile-options',
  threats: ['LNK-05'],
  run: (seed, milliseconds) =>
    checkCases(
      {
        'a small guest': compiled('(module (func (export "_start")))'),
        'one that can be captured': compiled(
          '(module (global (mut f64) (f64.const 1)) (memory 1) (func (export "_start") (drop (memory.grow (i32.const 1)))))',
          { snapshots: true },
        ),
      },
      seed,
      milliseconds,
    ),
}
export default property
