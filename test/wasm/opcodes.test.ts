// The opcode table is complete and exact: the engine, the reader and an independent disassembler agree on every opcode there can be.

import { spawnSync } from 'node:child_process'
import binaryen from 'binaryen'
import { describe, expect, it } from 'vitest'
import wabtFactory from 'wabt'
import { compile } from '../../src/oracles/engine-agreement.ts'
import { findOpcode, forEachInstruction, isPrefix, OPCODES, type OpcodeInfo, PREFIXES, readModule } from '../../src/wasm/index.ts'
import { bytes, END, prefixed } from '../../src/wasm/writer.ts'
import { probeAllOpcodes } from './support/opcode-probe.ts'
import { richModule, useOf } from './support/rich-module.ts'
import { BINARYEN_FEATURES } from './support/seeds.ts'

const title = (info: OpcodeInfo) => `${info.name} (${info.key.toString(16)})`
const BASE_FEATURES = new Set(readModule(richModule(new Uint8Array())).features.keys())

describe('each opcode', () => {
  it('is accepted by the engine and read, with its name and features', () => {
    for (const info of OPCODES) {
      const module = richModule(useOf(info))
      const rejection = compile(module)
      expect(rejection instanceof WebAssembly.Module ? '' : `${title(info)}: ${rejection.message}`).toBe('')
      const read = readModule(module)
      const seen: OpcodeInfo[] = []
      forEachInstruction(module, read, 0, (instruction) => seen.push(instruction.info))
      expect([title(info), seen.includes(info)]).toEqual([title(info), true])
      for (const feature of info.features) expect([title(info), read.features.has(feature)]).toEqual([title(info), true])
    }
  })

  it('has a sub-opcode that may be padded', () => {
    const fence = richModule(bytes(prefixed(0xfe, 3, 5), 0))
    expect(readModule(fence).bodies[0]!.instructionCount).toBe(2)
    expect(compile(fence)).toBeInstanceOf(WebAssembly.Module)
  })

  it('has a unique key, and the table is in order', () => {
    const keys = OPCODES.map((info) => info.key)
    expect(keys).toEqual([...new Set(keys)].sort((one, other) => one - other))
    for (const info of OPCODES) expect(findOpcode(info.prefix, info.code)).toBe(info)
  })

  it('is called what wabt calls it', async () => {
    const wabt = await wabtFactory()
    const features = {
      exceptions: true,
      threads: true,
      tail_call: true,
      function_references: true,
      memory64: true,
      multi_memory: true,
      relaxed_simd: true,
      gc: false,
    }
    let compared = 0
    for (const info of OPCODES) {
      // wabt knows neither the garbage collection nor the newer exception opcodes, and prints `end` and `else` as structure.
      if (info.features.includes('gc') || info.features.includes('typed-function-references')) continue
      if (['try_table', 'throw_ref', 'catch', 'catch_all', 'delegate', 'end', 'else'].includes(info.name)) continue
      const module = wabt.readWasm(withoutGc(useOf(info)), features)
      const text = module.toText({})
      module.destroy()
      const words = text.split(/[\s()]+/)
      expect([title(info), words.includes(info.name)]).toEqual([title(info), true])
      // An immediate too many in our table would take the 0 of an `unreachable`, one too few would leave its 0 as another one.
      expect([title(info), words.filter((word) => word === 'unreachable').length]).toEqual([
        title(info),
        unreachables(withoutGc(useOf(info))),
      ])
      compared++
    }
    expect(compared).toBeGreaterThan(400)
  })
})

/** Instructions that wabt does not know, one function each, in the text format as binaryen reads it. */
const NEWER: Readonly<Record<string, string>> = {
  'struct.new': '(drop (struct.new $s (i32.const 1) (i32.const 2)))',
  'struct.new_default': '(drop (struct.new_default $s))',
  'struct.get': '(drop (struct.get $s 0 (local.get $s)))',
  'struct.get_s': '(drop (struct.get_s $s 1 (local.get $s)))',
  'struct.get_u': '(drop (struct.get_u $s 1 (local.get $s)))',
  'struct.set': '(struct.set $s 0 (local.get $s) (i32.const 1))',
  'array.new': '(drop (array.new $a (i32.const 1) (i32.const 2)))',
  'array.new_default': '(drop (array.new_default $a (i32.const 2)))',
  'array.new_fixed': '(drop (array.new_fixed $a 2 (i32.const 1) (i32.const 2)))',
  'array.new_data': '(drop (array.new_data $a $d (i32.const 0) (i32.const 1)))',
  'array.new_elem': '(drop (array.new_elem $f $e (i32.const 0) (i32.const 1)))',
  'array.get': '(drop (array.get $f (local.get $f) (i32.const 0)))',
  'array.get_s': '(drop (array.get_s $a (local.get $a) (i32.const 0)))',
  'array.get_u': '(drop (array.get_u $a (local.get $a) (i32.const 0)))',
  'array.set': '(array.set $a (local.get $a) (i32.const 0) (i32.const 1))',
  'array.len': '(drop (array.len (local.get $a)))',
  'array.fill': '(array.fill $a (local.get $a) (i32.const 0) (i32.const 1) (i32.const 1))',
  'array.copy': '(array.copy $a $a (local.get $a) (i32.const 0) (local.get $a) (i32.const 0) (i32.const 1))',
  'array.init_data': '(array.init_data $a $d (local.get $a) (i32.const 0) (i32.const 0) (i32.const 1))',
  'array.init_elem': '(array.init_elem $f $e (local.get $f) (i32.const 0) (i32.const 0) (i32.const 1))',
  'ref.test': '(drop (ref.test (ref $s) (local.get $any)))',
  'ref.cast': '(drop (ref.cast (ref null $s) (local.get $any)))',
  br_on_cast: '(drop (block $l (result (ref $s)) (drop (br_on_cast $l anyref (ref $s) (local.get $any))) (unreachable)))',
  br_on_cast_fail: '(drop (block $l (result anyref) (drop (br_on_cast_fail $l anyref (ref $s) (local.get $any))) (unreachable)))',
  'any.convert_extern': '(drop (any.convert_extern (local.get $x)))',
  'extern.convert_any': '(drop (extern.convert_any (local.get $any)))',
  'ref.i31': '(drop (ref.i31 (i32.const 1)))',
  'i31.get_s': '(drop (i31.get_s (ref.cast i31ref (local.get $any))))',
  'i31.get_u': '(drop (i31.get_u (ref.cast i31ref (local.get $any))))',
  'ref.eq': '(drop (ref.eq (local.get $s) (local.get $s)))',
  'ref.as_non_null': '(drop (ref.as_non_null (local.get $any)))',
  br_on_null: '(block $l (drop (br_on_null $l (local.get $any))))',
  br_on_non_null: '(drop (block $l (result (ref any)) (br_on_non_null $l (local.get $any)) (unreachable)))',
  call_ref: '(call_ref $v (local.get $v))',
  return_call_ref: '(return_call_ref $v (local.get $v))',
  try_table: '(block $l (try_table (catch $t $l) (nop)))',
  throw_ref: '(throw_ref (local.get $exn))',
  delegate: '(try (do (nop) (call $callee)) (delegate 0))',
  catch: '(try (do (call $callee)) (catch $t))',
  catch_all: '(try (do (call $callee)) (catch_all))',
}

describe('what wabt does not know', () => {
  it('is called what binaryen calls it', () => {
    const locals = '(param $any anyref) (param $x externref) (param $exn exnref) (param $v (ref null $v))'
    const typed = '(param $s (ref null $s)) (param $a (ref null $a)) (param $f (ref null $f))'
    const functions = Object.values(NEWER).map((text) => `(func ${locals} ${typed} ${text})`)
    const text = `(module (type $s (struct (field (mut i32)) (field i8))) (type $a (array (mut i8))) (type $f (array (mut funcref)))
      (type $v (func)) (tag $t) (data $d "x") (elem $e funcref (ref.null func)) ${functions.join('\n')} (func $callee))`
    const module = binaryen.parseText(text)
    module.setFeatures(BINARYEN_FEATURES)
    const written = module.emitBinary()
    module.dispose()
    const read = readModule(written)
    Object.keys(NEWER).forEach((name, index) => {
      const seen: string[] = []
      forEachInstruction(written, read, index, (instruction) => seen.push(instruction.info.name))
      expect(seen).toContain(name)
    })
    const untested = OPCODES.filter((info) => info.features.includes('gc') && !(info.name in NEWER))
    expect(untested).toEqual([])
  })
})

function unreachables(bytes: Uint8Array): number {
  let count = 0
  forEachInstruction(bytes, readModule(bytes), 0, ({ info }) => {
    if (info.name === 'unreachable') count++
  })
  return count
}

/** The rich module without its struct and array types, which wabt does not read. */
function withoutGc(code: Uint8Array): Uint8Array {
  return richModule(code, { gc: false })
}

describe('what is not in the table', () => {
  it('is refused by the reader', () => {
    const single = Array.from({ length: 256 }, (_, code) => ({ prefix: 0, code }))
    const double = PREFIXES.flatMap((prefix) => Array.from({ length: 2048 }, (_, code) => ({ prefix, code })))
    const opcodes = [...single.filter(({ code }) => !isPrefix(code)), ...double]
    const differences = opcodes.filter(({ prefix, code }) => {
      const opcode = prefix === 0 ? Uint8Array.of(code) : prefixed(prefix, code)
      return readerKnows(opcode) !== (findOpcode(prefix, code) !== undefined)
    })
    expect(differences).toEqual([])
  })

  it('is exactly what the engine calls invalid, as it is configured by default', () => {
    const differences = probeAllOpcodes().filter(({ prefix, code, known }) => known !== (findOpcode(prefix, code) !== undefined))
    expect(differences).toEqual([])
  })

  it('is, with experiments switched on, only what a documented experiment adds', () => {
    const flags = ['fp16', 'stringref', 'custom-descriptors', 'wasmfx', 'ref-cast-nop'].map(
      (name) => `--experimental-wasm-${name}`,
    )
    const probe = new URL('./support/opcode-probe.ts', import.meta.url)
    const child = spawnSync(process.execPath, [...flags, probe.pathname], { encoding: 'utf8', timeout: 50_000, env: {} })
    expect(child.stderr).toBe('')
    const differences = (JSON.parse(child.stdout) as ReturnType<typeof probeAllOpcodes>).filter(
      ({ prefix, code, known }) => known !== (findOpcode(prefix, code) !== undefined),
    )
    const unexplained = differences.filter(({ prefix, code, known }) => !known || experimentOf(prefix, code) === undefined)
    expect(unexplained).toEqual([])
    // If no experiment adds anything, the flags did not arrive and this test says nothing.
    expect(new Set(differences.map(({ prefix, code }) => experimentOf(prefix, code)))).toContain('fp16')
  })
})

/** Proposals that V8 has behind a flag, and where their opcodes are. None is part of WebAssembly 3.0. */
function experimentOf(prefix: number, code: number): string | undefined {
  if (prefix === 0 && code >= 0xe0 && code <= 0xe6) return 'stack switching'
  if (prefix === 0xfb && code >= 0x20 && code <= 0x26) return 'custom descriptors'
  if (prefix === 0xfb && code === 0x4c) return 'ref.cast_nop'
  if (prefix === 0xfb && code >= 0x80 && code <= 0xbf) return 'stringref'
  if (prefix === 0xfc && (code === 0x30 || code === 0x31)) return 'fp16'
  if (prefix === 0xfd && code >= 0x120 && code <= 0x15f) return 'fp16'
  return undefined
}

/** Whether the reader gets past the opcode: whatever else it then finds wrong. */
function readerKnows(opcode: Uint8Array): boolean {
  try {
    readModule(richModule(bytes(0x00, opcode, new Uint8Array(20), END)))
  } catch (error) {
    const { code, offset } = error as { code: string; offset: number }
    return !(code === 'unknown-opcode' && offset === OPCODE_OFFSET)
  }
  return true
}

/** Where `richModule` has the instruction behind its first `unreachable`. */
const OPCODE_OFFSET = readModule(richModule(new Uint8Array())).bodies[0]!.codeOffset + 1

describe('constant instructions', () => {
  it('are those of section 3.4.13', () => {
    const names = OPCODES.filter((info) => info.constant !== false).map((info) => info.name)
    expect(new Set(names).size).toBe(23)
    expect(BASE_FEATURES.has('gc')).toBe(true)
  })
})
