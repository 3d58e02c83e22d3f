// Text to bytes: nothing is optimised, new features are understood, complaints are short.
import { describe, expect, test } from 'vitest'
import { AssembleError, type Assembler, assemble } from '../../src/attacks/assemble.ts'
import { readModule } from '../../src/wasm/index.ts'

/** Features and the text that uses them, for the assembler that has to know them. */
const FEATURES: readonly (readonly [string, Assembler, string])[] = [
  ['legacy-exceptions', 'wabt', '(module (func (try (do) (catch_all))))'],
  ['exceptions', 'wabt', '(module (tag $t) (func (block $h (try_table (catch_all $h) (throw $t)))))'],
  ['tail-call', 'wabt', '(module (func $f (return_call $f)))'],
  ['multi-memory', 'wabt', '(module (memory 1) (memory 1))'],
  ['memory64', 'wabt', '(module (memory i64 1))'],
  ['threads', 'wabt', '(module (memory 1 1 shared))'],
  ['relaxed-simd', 'wabt', '(module (func (drop (i32x4.relaxed_trunc_f32x4_s (v128.const i32x4 0 0 0 0)))))'],
  ['gc', 'binaryen', '(module (type $s (struct (field i32))) (func (export "f") (drop (struct.new_default $s))))'],
  [
    'typed-function-references',
    'binaryen',
    '(module (type $t (func)) (elem declare func $f) (func $f (type $t)) (func (export "g") (call_ref $t (ref.func $f))))',
  ],
  ['bulk-memory', 'binaryen', '(module (memory 1) (func (export "f") (memory.fill (i32.const 0) (i32.const 0) (i32.const 1))))'],
]

describe('assemble', () => {
  test.each(FEATURES)('%s through %s', async (feature, assembler, text) => {
    const bytes = await assemble(text, assembler)
    expect(WebAssembly.validate(bytes)).toBe(true)
    expect([...readModule(bytes).features.keys()]).toContain(feature)
  })

  test('leaves code that does nothing where it is', async () => {
    const plain = await assemble('(module (func (export "run")))')
    const padded = await assemble('(module (func (export "run") nop nop (drop (i32.const 1)) (block (br 0)) (loop)))')
    // nop nop i32.const 1 drop block void br 0 end loop void end
    expect(padded.length - plain.length).toBe(13)
  })

  test('does not keep names of the text in the module', async () => {
    const bytes = await assemble('(module (func $secret_name (export "run")))')
    expect(Buffer.from(bytes).includes('secret_name')).toBe(false)
  })

  test.each(['wabt', 'binaryen'] as const)('%s: an error is one short line with its line number', async (assembler) => {
    const text = `(module\n  (func (export "run")\n    (i32.konst 1)))\n${';; filler\n'.repeat(5000)}`
    const error = await assemble(text, assembler).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AssembleError)
    expect((error as AssembleError).line).toBe(3)
    expect((error as AssembleError).message.length).toBeLessThanOrEqual(200)
    expect((error as AssembleError).message).not.toMatch(/\n|filler/)
  })
})
