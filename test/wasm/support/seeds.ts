// Well-formed modules to start from: of binaryen, of wabt, and of our own writer; between them they use every feature.

import binaryen from 'binaryen'
import wabtFactory from 'wabt'
import { OPCODES } from '../../../src/wasm/index.ts'
import * as w from '../../../src/wasm/writer.ts'
import { richModule, useOf } from './rich-module.ts'

export interface Seed {
  readonly name: string
  readonly bytes: Uint8Array
}

const { Features } = binaryen

/** Features by name: `Features.All` would switch on whatever a later binaryen brings. Bulk memory needs both of its flags. */
export const BINARYEN_FEATURES =
  Features.Atomics |
  Features.MutableGlobals |
  Features.NontrappingFPToInt |
  Features.SIMD128 |
  Features.BulkMemory |
  Features.BulkMemoryOpt |
  Features.SignExt |
  Features.ExceptionHandling |
  Features.TailCall |
  Features.ReferenceTypes |
  Features.Multivalue |
  Features.GC |
  Features.Memory64 |
  Features.RelaxedSIMD |
  Features.ExtendedConst |
  Features.MultiMemory

const BINARYEN_TEXTS: Readonly<Record<string, string>> = {
  plain: `(module
    (import "env" "log" (func $log (param i32 i64)))
    (memory (export "memory") 1 4)
    (table (export "table") 2 10 funcref)
    (global $g (mut i32) (i32.const 7))
    (elem (i32.const 0) $fib $log)
    (data (i32.const 16) "some bytes here")
    (start $init)
    (func $init (global.set $g (i32.const 9)))
    (func $fib (export "fib") (param i32) (result i32)
      (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
        (then (local.get 0))
        (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1))) (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
    (func (export "switch") (param i32) (result i32)
      (block $a (block $b (block $c (br_table $a $b $c (local.get 0))) (return (i32.const 3))) (return (i32.const 2)))
      (i32.load offset=8 (i32.const 4))))`,
  collected: `(module
    (rec (type $node (sub (struct (field (mut (ref null $node))) (field i32)))) (type $leaf (sub final $node (struct (field (mut (ref null $node))) (field i32) (field i8)))))
    (type $bytes (array (mut i8)))
    (type $fn (func (param i32) (result i32)))
    (global $shared (ref $bytes) (array.new_default $bytes (i32.const 4)))
    (data $d "abcdef")
    (elem declare func $id)
    (func $id (type $fn) (local.get 0))
    (func (export "f") (param anyref) (result i32) (local $n (ref null $node))
      (local.set $n (struct.new $leaf (ref.null $node) (i32.const 1) (i32.const 2)))
      (drop (ref.test (ref $leaf) (local.get $n)))
      (drop (ref.cast (ref null $leaf) (local.get $n)))
      (drop (block $hit (result (ref null $leaf)) (drop (br_on_cast $hit (ref null $node) (ref null $leaf) (local.get $n))) (ref.null $leaf)))
      (drop (array.new_data $bytes $d (i32.const 0) (i32.const 3)))
      (array.set $bytes (global.get $shared) (i32.const 0) (i32.const 7))
      (drop (i31.get_s (ref.i31 (i32.const 5))))
      (call_ref $fn (struct.get $node 1 (local.get $n)) (ref.func $id))))`,
  exceptions: `(module
    (import "js" "tag" (tag $imported (param i32)))
    (tag $t (export "tag") (param i32))
    (func (export "f") (result i32)
      (block $h (result i32) (try_table (catch $t $h) (throw $t (i32.const 3))) (i32.const 0)))
    (func (export "g")
      (block $e (result exnref) (try_table (catch_all_ref $e) (call $x)) (return)) (throw_ref))
    (func $x (throw $imported (i32.const 1))))`,
  'legacy exceptions': `(module
    (tag $t (param i32))
    (func (export "f") (result i32)
      (try $l (result i32) (do (throw $t (i32.const 3))) (catch $t) (catch_all (rethrow $l))))
    (func (export "g") (try $outer (do (try (do (call $h)) (delegate $outer))) (catch_all)))
    (func $h (throw $t (i32.const 1))))`,
  memories: `(module
    (memory $a (export "a") 1 2 shared)
    (memory $b i64 1 4)
    (memory $c 0)
    (data $d "xyz")
    (func (export "f") (param i64) (result i32)
      (memory.init $c $d (i32.const 0) (i32.const 0) (i32.const 0))
      (data.drop $d)
      (memory.copy $c $a (i32.const 0) (i32.const 0) (i32.const 0))
      (memory.fill $b (i64.const 0) (i32.const 0) (i64.const 0))
      (drop (i32.atomic.rmw.add $a (i32.const 0) (i32.const 1)))
      (drop (memory.atomic.notify $a (i32.const 0) (i32.const 1)))
      (atomic.fence)
      (i32.load $b offset=0x100000000 (local.get 0))))`,
  tables: `(module
    (type $v (func))
    (table $a 1 2 funcref) (table $b 3 externref) (table $c i64 1 funcref)
    (elem $e func $f) (elem (table $a) (i32.const 0) func $f) (elem $x externref (ref.null extern))
    (func $f (export "f")
      (table.init $a $e (i32.const 0) (i32.const 0) (i32.const 1)) (elem.drop $e)
      (table.set $b (i32.const 0) (ref.null extern))
      (drop (table.grow $b (ref.null extern) (i32.const 1)))
      (drop (table.size $c))
      (return_call_indirect $a (type $v) (i32.const 0)))
    (func (export "g") (return_call $f)))`,
  vectors: `(module (memory 1)
    (func (export "f") (param f32 f64) (result v128)
      (drop (i32.trunc_sat_f32_u (local.get 0))) (drop (i64.extend32_s (i64.const 3)))
      (v128.store (i32.const 0) (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 (v128.const i32x4 1 2 3 4) (i32x4.splat (i32.const 4))))
      (i32x4.relaxed_trunc_f32x4_s (f32x4.add (v128.load32_zero (i32.const 8)) (f32x4.replace_lane 2 (v128.const f32x4 0 1 2 3) (local.get 0)))))
    (func (export "multi") (result i32 i64) (block (result i32 i64) (i32.const 1) (i64.const 2))))`,
  'constants and globals': `(module
    (import "env" "base" (global $base i32)) (import "env" "stack" (global $sp (mut i32)))
    (memory 1)
    (global (export "sum") i32 (i32.add (global.get $base) (i32.mul (i32.const 3) (i32.const 4))))
    (global (export "sp2") (mut i64) (i64.const -9223372036854775808))
    (global externref (ref.null extern))
    (data (global.get $base) "relocated"))`,
}

const WABT_TEXTS: Readonly<Record<string, string>> = {
  loops: `(module (memory 2) (func (export "sum") (param $n i32) (result i64) (local $s i64) (local $i i32)
    (block $done (loop $next (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
      (local.set $s (i64.add (local.get $s) (i64.load8_u (local.get $i)))) (local.set $i (i32.add (local.get $i) (i32.const 1))) (br $next)))
    (local.get $s)))`,
  indirect: `(module (type $b (func (param i32 i32) (result i32))) (table 2 2 funcref) (elem (i32.const 0) $add $mul)
    (func $add (type $b) (i32.add (local.get 0) (local.get 1))) (func $mul (type $b) (i32.mul (local.get 0) (local.get 1)))
    (func (export "apply") (param i32 i32 i32) (result i32) (call_indirect (type $b) (local.get 1) (local.get 2) (local.get 0))))`,
  // wabt takes its text as bytes: names beyond ASCII need escapes.
  names: String.raw`(module (import "m\c3\b6dule" "\f0\9f\98\80" (func)) (import "" "\ef\bb\bf" (memory 1))
    (func (export "\e2\80\a8") (export "\00") (export "__proto__")))`,
  debug: '(module $named (func $first (param $p i32) (local $l f64) (nop)) (func $second (call $first (i32.const 1))))',
}

function binaryenSeeds(): Seed[] {
  return Object.entries(BINARYEN_TEXTS).map(([name, text]) => {
    const module = binaryen.parseText(text)
    module.setFeatures(BINARYEN_FEATURES)
    const bytes = module.emitBinary()
    module.dispose()
    return { name: `binaryen: ${name}`, bytes }
  })
}

async function wabtSeeds(): Promise<Seed[]> {
  const wabt = await wabtFactory()
  return Object.entries(WABT_TEXTS).map(([name, text]) => {
    const module = wabt.parseWat(name, text)
    const { buffer } = module.toBinary({ write_debug_names: name === 'debug' })
    module.destroy()
    return { name: `wabt: ${name}`, bytes: Uint8Array.from(buffer) }
  })
}

function writerSeeds(): Seed[] {
  const opcodes = (from: number, to: number) => w.bytes(...OPCODES.slice(from, to).map(useOf))
  const imports = w.importSection(
    w.bytes(w.name('a'), w.name('f'), 0x00, 0x00),
    w.bytes(w.name('a'), w.name('t'), 0x01, 0x6f, w.limits({ min: 1, max: 2, is64: false, shared: false })),
    w.bytes(w.name('a'), w.name('m'), 0x02, w.limits({ min: 1, is64: true, shared: false })),
    w.bytes(w.name('a'), w.name('g'), 0x03, 0x7e, 0x00),
    w.bytes(w.name('a'), w.name('e'), 0x04, 0x00, 0x00),
  )
  return [
    { name: 'writer: empty', bytes: w.moduleOf() },
    {
      name: 'writer: customs',
      bytes: w.moduleOf(w.customSection('a', [1, 2]), w.typeSection(), w.customSection('', []), w.customSection('a')),
    },
    { name: 'writer: imports', bytes: w.moduleOf(w.typeSection(w.functionType()), imports, w.startSection(0)) },
    { name: 'writer: table with a value', bytes: tableWithValue() },
    { name: 'writer: first opcodes', bytes: richModule(opcodes(0, 240)) },
    { name: 'writer: middle opcodes', bytes: richModule(opcodes(240, 400)) },
    { name: 'writer: last opcodes', bytes: richModule(opcodes(400, OPCODES.length)) },
  ]
}

function tableWithValue(): Uint8Array {
  const size = w.limits({ min: 2, max: 3, is64: false, shared: false })
  return w.moduleOf(
    w.typeSection(w.functionType()),
    w.functionSection(0),
    w.tableSection(w.bytes(0x40, 0x00, w.referenceType('(ref func)'), size, w.instruction.refFunc(0), w.END)),
    w.elementSection(
      w.bytes(0x06, 0, 0x41, 0, w.END, w.referenceType('(ref func)'), w.vec([w.bytes(w.instruction.refFunc(0), w.END)])),
    ),
    w.codeSection(w.body(w.END)),
  )
}

let made: Promise<readonly Seed[]> | undefined

export function seeds(): Promise<readonly Seed[]> {
  made ??= wabtSeeds().then((fromWabt) => [...binaryenSeeds(), ...fromWabt, ...writerSeeds()])
  return made
}
