// From a program of host calls to a module of its own, as text: the same calls with the same arguments, without the interpreter.
import type { AbiFunction } from '../../sandbox/host/abi/index.ts'
import { EXECUTOR_CALLS, FIELD, MAX_PAGES, RECORDS, recordBytes, resultOffset } from './module.ts'
import { type Argument, type Call, entryOf, fillBytes, type Program, resultBytes, writeCall } from './program.ts'

/**
 * WebAssembly text (with the legacy exception instructions that the executor uses too). `run` makes all calls and traps at the end if the guest was ever alive
 * where it must not be; `call0`, `call1`, … each make one, as activations of their own, which is how the executor's harness makes them.
 */
export function lowerProgram(program: Program): string {
  const { calls } = program
  const deep = calls.some(({ depth }) => depth !== undefined)
  return [
    '(module',
    ...importsOf(program).map((line) => `  ${line}`),
    ...(deep ? ['  (type $frame (func (param i32)))'] : []),
    `  (memory (export "memory") 1 ${MAX_PAGES})`,
    ...(deep ? tableOf(calls.length) : []),
    '  (global $survived (mut i32) (i32.const 0))',
    ...calls.flatMap((call, at) => referencesOf(call).map((name) => `  (global $${at}.${name} (mut i64) (i64.const 0))`)),
    ...calls.flatMap((call, at) => segmentsOf(call, at)),
    ...READERS.map((line) => `  ${line}`),
    ...calls.flatMap((call, at) => callOf(program, call, at, deep).map((line) => `  ${line}`)),
    '  (func (export "run")',
    ...calls.map((_, at) => `    (call $call${at})`),
    '    (if (global.get $survived) (then (unreachable)))))',
  ].join('\n')
}

/** The imports of the module, a line each. */
export const importsOf = ({ calls }: Program): string[] =>
  [...new Set(calls.map(({ index }) => index))].map((index) => importOf(EXECUTOR_CALLS[index]!))

const importOf = ({ module, name, parameters, result }: AbiFunction) => {
  const types = parameters.map(({ type }) => type)
  const params = types.length > 0 ? ` (param ${types.join(' ')})` : ''
  return `(import "${module}" "${name}" (func $${name}${params}${result === 'errno' ? ' (result i32)' : ''}))`
}

const tableOf = (count: number): string[] => [
  `  (table ${count} funcref)`,
  `  (elem (i32.const 0) ${Array.from({ length: count }, (_, at) => `$frame${at}`).join(' ')})`,
]

/** Names of the parameters of a call whose arguments are results of earlier calls: known when the call is made, and not before. */
const referencesOf = (call: Call): string[] =>
  call.args.flatMap(({ kind }, i) => (kind === 'result' ? [entryOf(call).parameters[i]!.name] : []))

/** A result is read where the earlier call was told to put it; outside of the memory it is 0, as in the executor (program.ts). */
const READERS = [4, 8].map(
  (size) =>
    `(func $read${size} (param $at i64) (result i64)
    (if (result i64) (i64.gt_u (i64.add (local.get $at) (i64.const ${size})) (i64.mul (i64.extend_i32_u (memory.size)) (i64.const 65536)))
      (then (i64.const 0)) (else (${size === 4 ? 'i64.load32_u' : 'i64.load'} (i32.wrap_i64 (local.get $at))))))`,
)

/** What the call's fills and its record are made of. The record lies where the executor has it, because a call with a bad pointer reads or writes there. */
function segmentsOf(call: Call, at: number): string[] {
  const fills = call.fills.map((fill, i) => `  (data $fill${at}.${i} "${escaped(fillBytes(fill))}")`)
  return [...fills, `  (data $record${at} "${escaped(recordOf(call))}")`]
}

function recordOf(call: Call): Uint8Array {
  const record = new Uint8Array(recordBytes(entryOf(call)))
  const args = call.args.map((argument) => (argument.kind === 'value' ? argument.value : 0n))
  writeCall(new DataView(record.buffer), 0, call, args)
  return record
}

const escaped = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\${byte.toString(16).padStart(2, '0')}`,
  ).join('')

const place = (segment: string, at: number, length: number) =>
  `  (memory.init $${segment} (i32.const ${at}) (i32.const 0) (i32.const ${length}))`

/** One call as the harness makes it: bytes into memory, arguments read, the memory grown, the call made. */
function callOf(program: Program, call: Call, at: number, deep: boolean): string[] {
  const entry = entryOf(call)
  const { parameters } = entry
  const slot = RECORDS + resultOffset(entry)
  const resolved = call.args.flatMap((argument, i) =>
    argument.kind === 'value'
      ? []
      : [
          `  (global.set $${at}.${parameters[i]!.name} ${resultOf(program, argument)})`,
          `  (i64.store (i32.const ${RECORDS + FIELD * (i + 1)}) (global.get $${at}.${parameters[i]!.name}))`,
        ],
  )
  const args = call.args.map((argument, i) => argumentOf(argument, parameters[i]!.type, `$${at}.${parameters[i]!.name}`))
  const made = `(call $${entry.name}${args.map((arg) => ` ${arg}`).join('')})`
  const survived = '(global.set $survived (i32.const 1))'
  const once = [
    `(func $make${at}`,
    entry.result === 'errno'
      ? `  (try (do (i32.store (i32.const ${slot}) ${made})) (catch_all ${survived}))`
      : `  (try (do ${made} ${survived}) (catch_all ${survived}))`,
    `  (i32.store (i32.const ${slot + 4}) (global.get $survived)))`,
  ]
  const frame = deep
    ? [
        `(func $frame${at} (type $frame)`,
        `  (if (local.get 0) (then (call_indirect (type $frame) (i32.sub (local.get 0) (i32.const 1)) (i32.const ${at}))) (else (call $make${at}))))`,
      ]
    : []
  const go = deep ? `(call $frame${at} (i32.const ${call.depth ?? 0}))` : `(call $make${at})`
  const { times = 1, grow } = call
  return [
    ...once,
    ...frame,
    `(func $call${at} (export "call${at}")${times > 1 ? ' (local $left i32)' : ''}`,
    ...call.fills.map((fill, i) => place(`fill${at}.${i}`, fill.at, fillBytes(fill).length)),
    place(`record${at}`, RECORDS, recordBytes(entry)),
    ...resolved,
    ...(grow === undefined ? [] : [`  (drop (memory.grow (i32.const ${grow})))`]),
    times > 1
      ? `  (local.set $left (i32.const ${times})) (loop $again ${go} (local.tee $left (i32.sub (local.get $left) (i32.const 1))) (br_if $again)))`
      : `  ${go})`,
  ]
}

function resultOf({ calls }: Program, { call, parameter }: Extract<Argument, { kind: 'result' }>): string {
  const source = calls[call]!
  const { parameters } = entryOf(source)
  const index = parameters.findIndex(({ name }) => name === parameter)
  const pointer = source.args[index]!
  const at = pointer.kind === 'value' ? `(i64.const ${BigInt.asIntN(64, pointer.value)})` : `(global.get $${call}.${parameter})`
  return `(call $read${resultBytes(parameters[index]!)} ${at})`
}

function argumentOf(argument: Argument, type: 'i32' | 'i64' | 'f64', name: string): string {
  if (argument.kind === 'value') {
    const { value } = argument
    if (type === 'i32') return `(i32.const ${BigInt.asIntN(32, value)})`
    const long = `(i64.const ${BigInt.asIntN(64, value)})`
    return type === 'i64' ? long : `(f64.reinterpret_i64 ${long})`
  }
  const long = `(global.get ${name})`
  return type === 'i32' ? `(i32.wrap_i64 ${long})` : type === 'i64' ? long : `(f64.reinterpret_i64 ${long})`
}
