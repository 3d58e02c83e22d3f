// A generator of modules that use one feature each: the same bytes must be refused or allowed as the policy's list of features says (MOD-18).
import fc from 'fast-check'
import { FEATURES, type Feature } from '../../wasm/features.ts'
import type { Assembler } from '../assemble.ts'
import { COMPLETED, type Generator, generator, REFUSED } from './generator.ts'

/** The smallest module of each feature that ends by itself. */
const SAMPLES: Readonly<Record<Feature, { readonly wat: string; readonly assembler?: Assembler }>> = {
  'sign-extension': { wat: '(module (func (export "run") (result i32) (i32.extend8_s (i32.const 255))))' },
  'saturating-float-to-int': { wat: '(module (func (export "run") (result i32) (i32.trunc_sat_f32_s (f32.const nan))))' },
  'multi-value': {
    wat: '(module (func $two (result i32 i32) (i32.const 1) (i32.const 2)) (func (export "run") (call $two) (drop) (drop)))',
  },
  'mutable-globals': { wat: '(module (global (export "g") (mut i32) (i32.const 0)) (func (export "run")))' },
  'bulk-memory': { wat: '(module (memory 1) (func (export "run") (memory.fill (i32.const 0) (i32.const 1) (i32.const 9))))' },
  'reference-types': { wat: '(module (table 1 externref) (func (export "run") (table.set (i32.const 0) (ref.null extern))))' },
  simd: { wat: '(module (func (export "run") (drop (i32x4.add (v128.const i32x4 1 2 3 4) (v128.const i32x4 1 2 3 4)))))' },
  'relaxed-simd': { wat: '(module (func (export "run") (drop (i32x4.relaxed_trunc_f32x4_s (v128.const f32x4 1 2 3 4)))))' },
  'tail-call': { wat: '(module (func $f) (func (export "run") (return_call $f)))' },
  exceptions: { wat: '(module (tag $t) (func (export "run") (block $h (try_table (catch_all $h) (throw $t)))))' },
  'legacy-exceptions': { wat: '(module (func (export "run") (try (do) (catch_all))))' },
  'extended-const': { wat: '(module (global i32 (i32.add (i32.const 1) (i32.const 2))) (func (export "run")))' },
  threads: { wat: '(module (memory 1) (func (export "run") (drop (i32.atomic.load (i32.const 0)))))' },
  memory64: { wat: '(module (memory i64 1) (func (export "run") (drop (i32.load (i64.const 0)))))' },
  'multi-memory': { wat: '(module (memory 1) (memory $b 1) (func (export "run") (drop (i32.load $b (i32.const 0)))))' },
  'typed-function-references': {
    wat: '(module (type $t (func)) (elem declare func $f) (func $f (type $t)) (func (export "run") (call_ref $t (ref.func $f))))',
    assembler: 'binaryen',
  },
  gc: {
    wat: '(module (type $s (struct (field i32))) (func (export "run") (drop (struct.new_default $s))))',
    assembler: 'binaryen',
  },
}

const featureDrift = generator({
  name: 'feature-drift',
  family: 'module-bytes',
  threats: ['MOD-18'],
  provenance: 'feature tables measured on Node 20, 22, 24 and 26: each version turns on proposals by default',
  drafts: fc.constantFrom(...FEATURES).map((feature) => {
    const sample = SAMPLES[feature]
    return {
      title: `A module that uses ${feature}, which the policy leaves out`,
      attack: { ...sample, run: { policy: { features: FEATURES.filter((each) => each !== feature) } }, expect: REFUSED },
      twin: { ...sample, run: { policy: { features: [...FEATURES] } }, expect: COMPLETED },
    }
  }),
})

export const featureGenerators: readonly Generator[] = [featureDrift]
