// Each refusal code with a module that earns it, and a neighbour as close as possible that is admitted.
import { describe, expect, it } from 'vitest'
import { type Admitted, admit } from '../../../src/sandbox/admission/admit.ts'
import type { RefusalCode } from '../../../src/sandbox/admission/refusal.ts'
import { ABI, WASI_MODULE } from '../../../src/sandbox/host/abi/index.ts'
import { isGranted } from '../../../src/sandbox/host/gate.ts'
import { resolvePolicy } from '../../../src/sandbox/policy/resolve.ts'
import type { PolicyInput } from '../../../src/sandbox/policy/schema.ts'
import { writer as w } from '../../../src/wasm/index.ts'
import { wat } from '../support/wat.ts'

const W = WASI_MODULE
const fdWrite = `(import "${W}" "fd_write" (func (param i32 i32 i32 i32) (result i32)))`
const exit = `(import "${W}" "proc_exit" (func (param i32)))`

interface Case {
  readonly what: string
  readonly code: RefusalCode
  readonly bad: Uint8Array | string
  /** What is admitted under the same policy. */
  readonly good: Uint8Array | string
  readonly policy?: PolicyInput
  readonly message?: RegExp
  readonly events?: readonly string[]
}

const empty = w.moduleOf()
const bytesOf = (module: Uint8Array | string) => (typeof module === 'string' ? wat(module) : module)
const functions = (count: number) => `(module ${'(func)'.repeat(count)})`
const withExports = (count: number) =>
  `(module (func) ${Array.from({ length: count }, (_, i) => `(export "e${i}" (func 0))`).join('')})`
const locals = (count: number) => `(module (func ${'(local i32)'.repeat(count)}))`
const nested = (depth: number) => `(module (func ${'(block '.repeat(depth)}${')'.repeat(depth)}))`
const branches = (targets: number) => `(module (func (br_table ${'0 '.repeat(targets)} 0 (i32.const 0))))`
/** A function with locals and a loop, for which metering adds one more. */
const looping = (count: number) =>
  w.moduleOf(
    w.typeSection(w.functionType()),
    w.functionSection(0),
    w.codeSection(w.body(w.bytes(w.instruction.loop(w.instruction.br(0)), w.END), [[count, 'i32']])),
  )
const custom = (bytes: number) => w.moduleOf(w.customSection('c', new Uint8Array(bytes)))

const CASES: readonly Case[] = [
  { what: 'no bytes', code: 'not-a-module', bad: new Uint8Array(0), good: empty },
  {
    what: 'other bytes',
    code: 'not-a-module',
    bad: new TextEncoder().encode('#!/bin/sh\n'),
    good: empty,
    message: /not a WebAssembly core module/,
  },
  { what: 'another version', code: 'not-a-module', bad: w.bytes([0, 0x61, 0x73, 0x6d, 2, 0, 0, 0]), good: empty },
  { what: 'a component', code: 'not-a-module', bad: w.bytes([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]), good: empty },
  { what: 'a byte too many', code: 'malformed', bad: w.bytes(empty, 1), good: empty, message: /At byte/ },
  {
    what: 'a section that lies',
    code: 'malformed',
    bad: w.moduleOf(w.section(1, w.vec([], 1))),
    good: w.moduleOf(w.section(1, w.vec([]))),
  },
  {
    what: 'functions',
    code: 'limit',
    policy: { quotas: { functions: 2 } },
    bad: functions(3),
    good: functions(2),
    message: /policy "default, changed"/,
  },
  { what: 'exports', code: 'limit', policy: { quotas: { exports: 2 } }, bad: withExports(3), good: withExports(2) },
  {
    what: 'imports',
    code: 'limit',
    policy: { quotas: { imports: 1 } },
    bad: `(module ${exit}${exit})`,
    good: `(module ${exit})`,
  },
  {
    what: 'types',
    code: 'limit',
    policy: { quotas: { types: 1 } },
    bad: '(module (type (func)) (type (func (param i32))))',
    good: '(module (type (func)))',
  },
  { what: 'tags', code: 'limit', policy: { quotas: { types: 1 } }, bad: '(module (tag) (tag))', good: '(module (tag))' },
  {
    what: 'globals',
    code: 'limit',
    policy: { quotas: { globals: 1 } },
    bad: '(module (global i32 (i32.const 0)) (global i32 (i32.const 0)))',
    good: '(module (global i32 (i32.const 0)))',
  },
  {
    what: 'data segments',
    code: 'limit',
    policy: { quotas: { segments: 1 } },
    bad: '(module (memory 1) (data "a") (data "b"))',
    good: '(module (memory 1) (data "a"))',
  },
  {
    what: 'element segments',
    code: 'limit',
    policy: { quotas: { segments: 1 } },
    bad: '(module (func) (elem func 0) (elem func 0))',
    good: '(module (func) (elem func 0))',
  },
  {
    what: 'a long element segment',
    code: 'limit',
    policy: { quotas: { tableElements: 2, functions: 2 } },
    bad: '(module (func) (elem func 0 0 0))',
    good: '(module (func) (elem func 0 0))',
  },
  {
    what: 'custom sections',
    code: 'limit',
    policy: { quotas: { segments: 1 } },
    bad: w.moduleOf(w.customSection('a'), w.customSection('b')),
    good: w.moduleOf(w.customSection('a')),
  },
  {
    what: 'bytes of custom sections',
    code: 'limit',
    policy: { quotas: { customSectionBytes: 100 } },
    bad: custom(101),
    good: custom(50),
  },
  {
    what: 'tables',
    code: 'limit',
    bad: `(module ${'(table 0 funcref)'.repeat(17)})`,
    good: `(module ${'(table 0 funcref)'.repeat(16)})`,
  },
  {
    what: 'memories',
    code: 'limit',
    policy: { features: ['multi-memory'] },
    bad: `(module ${'(memory 0)'.repeat(17)})`,
    good: `(module ${'(memory 0)'.repeat(16)})`,
  },
  {
    what: 'parameters',
    code: 'limit',
    policy: { quotas: { parameters: 1 } },
    bad: '(module (type (func (param i32 i32))))',
    good: '(module (type (func (param i32))))',
  },
  {
    what: 'results',
    code: 'limit',
    policy: { quotas: { parameters: 1 } },
    bad: '(module (type (func (result i32 i32))))',
    good: '(module (type (func (result i32))))',
  },
  {
    what: 'locals of one function',
    code: 'limit',
    policy: { quotas: { localsPerFunction: 3 } },
    bad: locals(4),
    good: locals(3),
  },
  {
    what: 'locals of all functions',
    code: 'limit',
    policy: { quotas: { localsTotal: 4 } },
    bad: '(module (func (local i32 i32 i32)) (func (local i64 i64)))',
    good: '(module (func (local i32 i32)) (func (local i64 i64)))',
    message: /5 locals.*allows 4.*localsTotal/,
  },
  {
    what: 'parameters of all functions',
    code: 'limit',
    policy: { quotas: { localsTotal: 4 } },
    bad: '(module (type $t (func (param i32 i32))) (func (type $t)) (func (type $t)) (func (type $t)))',
    good: '(module (type $t (func (param i32 i32))) (func (type $t)) (func (type $t)))',
    message: /6 parameters and results.*allows 4/,
  },
  {
    what: 'results of all functions',
    code: 'limit',
    policy: { quotas: { localsTotal: 1 } },
    bad: '(module (func (result i32) (i32.const 0)) (func (result i32) (i32.const 0)))',
    good: '(module (func (result i32) (i32.const 0)))',
  },
  {
    what: 'a long body',
    code: 'limit',
    policy: { quotas: { functionBodyBytes: 10 } },
    bad: `(module (func ${'(nop)'.repeat(9)}))`,
    good: `(module (func ${'(nop)'.repeat(8)}))`,
  },
  { what: 'deep nesting', code: 'limit', policy: { quotas: { nesting: 5 } }, bad: nested(6), good: nested(5) },
  { what: 'branch targets', code: 'limit', policy: { quotas: { branchTableTargets: 5 } }, bad: branches(6), good: branches(5) },
  {
    what: 'a long name',
    code: 'limit',
    policy: { quotas: { nameBytes: 4 } },
    bad: '(module (func (export "12345")))',
    good: '(module (func (export "1234")))',
  },
  {
    what: 'bytes of the module',
    code: 'limit',
    policy: { quotas: { moduleBytes: 8 } },
    bad: w.moduleOf(w.customSection('')),
    good: empty,
  },
  {
    what: 'active data',
    code: 'limit',
    policy: { quotas: { memoryBytes: 65_536 } },
    bad: w.moduleOf(
      w.memorySection([0, 1]),
      w.dataSection(...Array.from({ length: 3 }, () => w.bytes(0, [0x41, 0, 0x0b], w.vec([new Uint8Array(65_000)], 65_000)))),
    ),
    good: w.moduleOf(
      w.memorySection([0, 1]),
      w.dataSection(...Array.from({ length: 2 }, () => w.bytes(0, [0x41, 0, 0x0b], w.vec([new Uint8Array(65_000)], 65_000)))),
    ),
    message: /195000 bytes together.*131072.*memoryBytes/,
  },
  {
    what: 'a feature',
    code: 'feature',
    policy: { features: [] },
    bad: '(module (func (drop (i32.extend8_s (i32.const 1)))))',
    good: '(module (func (drop (i32.clz (i32.const 1)))))',
    message: /uses sign-extension at byte \d+/,
  },
  {
    what: 'threads',
    code: 'feature',
    bad: '(module (memory 1 1 shared))',
    good: '(module (memory 1 1))',
    message: /uses threads/,
  },
  {
    what: 'a manifest that is no JSON',
    code: 'manifest-invalid',
    bad: w.moduleOf(w.customSection('gauntlet.manifest', [0x7b])),
    good: w.moduleOf(w.customSection('gauntlet.manifesto', [0x7b])),
    message: /The manifest cannot be read/,
  },
  { what: 'memory64', code: 'feature', bad: '(module (memory i64 1))', good: '(module (memory 1))' },
  {
    what: 'a function nobody knows',
    code: 'import-unknown',
    bad: '(module (import "env" "system" (func (param i32))))',
    good: `(module ${exit})`,
    events: ['syscall-blocked'],
    message: /"env" "system" is not known. Only functions of wasi_snapshot_preview1 and gauntlet_v1 are offered/,
  },
  {
    what: 'the host’s own objects',
    code: 'import-unknown',
    bad: '(module (import "constructor" "constructor" (func)))',
    good: `(module ${exit})`,
    events: ['syscall-blocked'],
  },
  {
    what: 'a prototype',
    code: 'import-unknown',
    bad: '(module (import "__proto__" "toString" (func)))',
    good: `(module ${exit})`,
    events: ['syscall-blocked'],
  },
  {
    what: 'the engine’s string built-ins',
    code: 'import-unknown',
    bad: '(module (import "wasm:js-string" "length" (func (param externref) (result i32))))',
    good: `(module ${exit})`,
    events: ['syscall-blocked'],
  },
  {
    what: 'the preview before',
    code: 'import-unknown',
    bad: '(module (import "wasi_unstable" "fd_write" (func (param i32 i32 i32 i32) (result i32))))',
    good: `(module ${fdWrite})`,
    events: ['syscall-blocked'],
    message: /wasm32-wasip1/,
  },
  {
    what: 'the preview after',
    code: 'import-unknown',
    bad: '(module (import "wasi:cli/run@0.2.0" "run" (func)))',
    good: `(module ${exit})`,
    events: ['syscall-blocked'],
    message: /Only WASI preview 1/,
  },
  {
    what: 'a preview of another number',
    code: 'import-unknown',
    bad: '(module (import "wasi_snapshot_preview2" "fd_close" (func)))',
    good: `(module ${exit})`,
    events: ['syscall-blocked'],
    message: /Only WASI preview 1/,
  },
  {
    what: 'an unknown function of the known module',
    code: 'import-unknown',
    bad: `(module (import "${W}" "fd_writ" (func)))`,
    good: `(module ${exit})`,
    events: ['syscall-blocked'],
  },
  {
    what: 'files',
    code: 'import-not-granted',
    policy: { extends: 'strict' },
    bad: `(module (import "${W}" "path_unlink_file" (func (param i32 i32 i32) (result i32))))`,
    good: `(module ${fdWrite})`,
    events: ['syscall-blocked', 'file-access'],
    message: /the capability fs/,
  },
  {
    what: 'the network',
    code: 'import-not-granted',
    bad: `(module (import "gauntlet_v1" "http_close" (func (param i32) (result i32))))`,
    good: `(module ${fdWrite})`,
    events: ['syscall-blocked', 'network-access'],
    message: /the capability net/,
  },
  {
    what: 'streams that are not granted',
    code: 'import-not-granted',
    policy: { capabilities: { stdio: null, fs: null } },
    bad: `(module ${fdWrite})`,
    good: `(module ${exit})`,
    events: ['syscall-blocked'],
    message: /one of the capabilities stdio, fs, net/,
  },
  {
    what: 'a clock that is not granted',
    code: 'import-not-granted',
    policy: { extends: 'strict' },
    bad: `(module (import "${W}" "clock_time_get" (func (param i32 i64 i32) (result i32))))`,
    good: `(module ${fdWrite})`,
    events: ['syscall-blocked'],
  },
  {
    what: 'randomness that is not granted',
    code: 'import-not-granted',
    policy: { extends: 'strict' },
    bad: `(module (import "${W}" "random_get" (func (param i32 i32) (result i32))))`,
    good: `(module ${fdWrite})`,
    events: ['syscall-blocked'],
  },
  {
    what: 'too few parameters',
    code: 'import-signature',
    bad: `(module (import "${W}" "fd_write" (func (param i32 i32 i32) (result i32))))`,
    good: `(module ${fdWrite})`,
    events: ['syscall-blocked'],
    message: /must be \(i32 i32 i32 i32\) -> \(i32\)/,
  },
  {
    what: 'a wider parameter',
    code: 'import-signature',
    bad: `(module (import "${W}" "fd_close" (func (param i64) (result i32))))`,
    good: `(module (import "${W}" "fd_close" (func (param i32) (result i32))))`,
    events: ['syscall-blocked'],
  },
  {
    what: 'no result',
    code: 'import-signature',
    bad: `(module (import "${W}" "fd_close" (func (param i32))))`,
    good: `(module (import "${W}" "fd_close" (func (param i32) (result i32))))`,
    events: ['syscall-blocked'],
  },
  {
    what: 'an exit that returns',
    code: 'import-signature',
    bad: `(module (import "${W}" "proc_exit" (func (param i32) (result i32))))`,
    good: `(module ${exit})`,
    events: ['syscall-blocked'],
  },
  {
    what: 'a second import of the same name with another type',
    code: 'import-signature',
    bad: `(module ${exit}(import "${W}" "proc_exit" (func)))`,
    good: `(module ${exit}${exit})`,
    events: ['syscall-blocked'],
  },
  {
    what: 'a global under a function’s name',
    code: 'import-kind',
    bad: `(module (import "${W}" "fd_write" (global i32)))`,
    good: `(module ${fdWrite})`,
    events: ['syscall-blocked'],
    message: /is a global; only functions/,
  },
  {
    what: 'a memory',
    code: 'import-kind',
    bad: `(module (import "${W}" "fd_write" (memory 1)))`,
    good: `(module ${fdWrite})`,
    events: ['syscall-blocked'],
  },
  {
    what: 'a table',
    code: 'import-kind',
    bad: `(module (import "${W}" "path_open" (table 1 funcref)))`,
    good: `(module ${fdWrite})`,
    events: ['syscall-blocked', 'file-access'],
  },
  {
    what: 'a tag',
    code: 'import-kind',
    bad: `(module (import "gauntlet_v1" "tcp_connect" (tag)))`,
    good: `(module ${fdWrite})`,
    events: ['syscall-blocked', 'network-access'],
  },
  {
    what: 'the sandbox’s own memory name',
    code: 'export-reserved',
    bad: '(module (memory 1) (export "$gauntlet.memory" (memory 0)))',
    good: '(module (memory 1) (export "$gauntle" (memory 0)))',
  },
  {
    what: 'the sandbox’s own start name',
    code: 'export-reserved',
    bad: '(module (func (export "$gauntlet.start")))',
    good: '(module (func (export "gauntlet.start")))',
  },
  {
    what: 'any name with the prefix',
    code: 'export-reserved',
    bad: '(module (func (export "$gauntlet.")))',
    good: '(module (func (export " $gauntlet.")))',
  },
  {
    what: '_start with a parameter',
    code: 'entry-signature',
    bad: '(module (func (export "_start") (param i32)))',
    good: '(module (func (export "_start")))',
  },
  {
    what: '_start with a result',
    code: 'entry-signature',
    bad: '(module (func (export "_start") (result i32) (i32.const 0)))',
    good: '(module (func (export "_start")))',
  },
  {
    what: '_start that is no function',
    code: 'entry-signature',
    bad: '(module (memory (export "_start") 1))',
    good: '(module (memory (export "start") 1))',
  },
  {
    what: '_initialize with a reference',
    code: 'entry-signature',
    bad: '(module (func (export "_initialize") (param externref)))',
    good: '(module (func (export "_initialize")))',
  },
  {
    what: 'command and reactor at once',
    code: 'entry-ambiguous',
    bad: '(module (func (export "_start")) (func (export "_initialize")))',
    good: '(module (func (export "_start")) (func (export "_initialise")))',
  },
  {
    what: 'a memory that starts too large',
    code: 'memory-limit',
    policy: { quotas: { memoryBytes: '2MiB' } },
    bad: '(module (memory 33))',
    good: '(module (memory 32))',
    events: ['memory-limit'],
    message: /2162688 bytes.*2097152/,
  },
  {
    what: 'memories that start too large together',
    code: 'memory-limit',
    policy: { features: ['multi-memory'], quotas: { memoryBytes: '2MiB' } },
    bad: '(module (memory 16) (memory 17))',
    good: '(module (memory 16) (memory 16))',
    events: ['memory-limit'],
  },
  {
    what: 'a memory where none is allowed',
    code: 'memory-limit',
    policy: { quotas: { memoryBytes: 0 } },
    bad: '(module (memory 1))',
    good: '(module (memory 0))',
    events: ['memory-limit'],
  },
  {
    what: 'tables that start too large together',
    code: 'table-limit',
    policy: { quotas: { tableElements: 10 } },
    bad: '(module (table 5 funcref) (table 6 funcref))',
    good: '(module (table 5 funcref) (table 5 funcref))',
    message: /11 elements.*allows 10/,
  },
  {
    what: 'a function without room for what counts fuel',
    code: 'metering-unsupported',
    policy: { extends: 'relaxed', quotas: { fuel: 1000 } },
    bad: looping(50_000),
    good: looping(49_999),
    message: /no room for another local/,
  },
  {
    what: 'two memories and pointers',
    code: 'memory-kind',
    policy: { features: ['multi-memory'] },
    bad: `(module ${fdWrite} (memory 1) (memory 1))`,
    good: `(module ${exit} (memory 1) (memory 1))`,
  },
  {
    what: 'a 64-bit memory and pointers',
    code: 'memory-kind',
    policy: { features: ['memory64'] },
    bad: `(module ${fdWrite} (memory i64 1))`,
    good: `(module ${exit} (memory i64 1))`,
  },
  {
    what: 'a shared memory and pointers',
    code: 'memory-kind',
    policy: { features: ['threads'] },
    bad: `(module ${fdWrite} (memory 1 1 shared))`,
    good: `(module ${exit} (memory 1 1 shared))`,
  },
]

describe.each(CASES)('$code: $what', ({ code, bad, good, policy, message = /./, events = [] }) => {
  const resolved = resolvePolicy(policy)

  it('is refused', () => {
    const admission = admit(bytesOf(bad), resolved)
    if (admission.verdict !== 'refused') throw new Error('admitted')
    expect(admission.refusal.code).toBe(code)
    expect(admission.refusal.message).toMatch(message)
    expect(admission.refusal.events.map((event) => event.type)).toEqual(['module-refused', ...events])
    expect(admission.refusal.events[0]).toMatchObject({ code, offset: admission.refusal.offset })
    expect(admission.sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  it('but its neighbour is not', () => {
    const admission = admit(bytesOf(good), resolved)
    if (admission.verdict === 'refused') throw admission.refusal
    expect(WebAssembly.validate((admission as Admitted).bytes)).toBe(true)
  })
})

describe('the cases', () => {
  it('cover every code but that of the engine, which has a test of its own', () => {
    const codes: Record<RefusalCode, true> = {
      'not-a-module': true,
      malformed: true,
      limit: true,
      feature: true,
      'manifest-invalid': true,
      'import-unknown': true,
      'import-not-granted': true,
      'import-signature': true,
      'import-kind': true,
      'export-reserved': true,
      'entry-signature': true,
      'entry-ambiguous': true,
      'entry-missing': true,
      'memory-limit': true,
      'table-limit': true,
      'memory-kind': true,
      'metering-unsupported': true,
      'engine-rejected': true,
      'signature-missing': true,
      'signature-invalid': true,
      'signature-untrusted': true,
      'module-revoked': true,
    }
    const seen = new Set<string>(CASES.map((c) => c.code))
    // Found out after admission, see sandbox.test.ts, or before it, see signing/.
    expect(Object.keys(codes).filter((code) => !seen.has(code))).toEqual([
      'entry-missing',
      'engine-rejected',
      'signature-missing',
      'signature-invalid',
      'signature-untrusted',
      'module-revoked',
    ])
  })
})

describe('host calls that are not granted', () => {
  const strict = resolvePolicy('strict')
  const missing = ABI.filter((entry) => !isGranted(entry, strict.capabilities))
  it.each(missing.map((entry) => [entry.name, entry] as const))('%s', (name, entry) => {
    const types = entry.parameters.map((p) => p.type).join(' ')
    const module = wat(`(module (import "${entry.module}" "${name}" (func (param ${types}) (result i32))))`)
    const admission = admit(module, strict)
    expect(admission.verdict === 'refused' && admission.refusal.code).toBe('import-not-granted')
  })
})

describe('what a refusal says', () => {
  it('has guest text in it only as a quotation', () => {
    const name = '\u001b[2Jadmitted"\n\u202e'
    const bytes = w.moduleOf(w.typeSection(w.bytes(0x60, 0, 0)), w.importSection(w.bytes(w.name(name), w.name(name), 0, 0)))
    const admission = admit(bytes, resolvePolicy())
    if (admission.verdict !== 'refused') throw new Error('admitted')
    const { message, events } = admission.refusal
    for (const text of [message, ...events.map((event) => event.message), JSON.stringify(events)]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the point
      expect(text).not.toMatch(/[\u0000-\u001f\u202e]/)
    }
    expect(message).toContain('"\\u{1b}[2Jadmitted\\"\\u{a}\\u{202e}"')
  })

  it('names the first feature in the order of the bytes', () => {
    const text = '(module (func (drop (i32.extend8_s (i32.const 1)))) (func (return_call 0)))'
    const admission = admit(wat(text), resolvePolicy({ features: [] }))
    expect(admission.verdict === 'refused' && admission.refusal.message).toContain('sign-extension')
  })

  it('comes with the module if that could be read', () => {
    const readable = admit(wat('(module (import "a" "b" (func)))'), resolvePolicy())
    expect(readable.module?.imports).toHaveLength(1)
    expect(admit(new Uint8Array(3), resolvePolicy()).module).toBeNull()
  })
})
