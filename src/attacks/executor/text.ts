// The text form of programs: what a finding shows, what people write, and what is read back. One line for a fill, one for a call:
//
//   seed 7
//   0x1000 = "dir/file"
//   #0 path_open(fd=3, dirflags=0, path=0x1000, path_len=8, …, opened=0x100)
//   0x1000 = (0x6000, 16) (0x6010, 4)
//   #1 fd_read(fd=#0.opened, iovs=0x1000, iovs_len=2, nread=0x200) grow 1, depth 0x1000, times 3
import type { AbiFunction } from '../../sandbox/host/abi/index.ts'
import { EXECUTOR_CALLS } from './module.ts'
import {
  type Argument,
  type Call,
  entryOf,
  type Fill,
  fillBytes,
  fits,
  MANNERS,
  type Manner,
  MOST,
  type Program,
  resultBytes,
  value,
} from './program.ts'

/** A line that is none of a program's. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError'
}

const number = (given: number | bigint) => (given < 10 ? String(given) : `0x${given.toString(16)}`)

export function formatProgram({ seed, calls }: Program): string {
  const lines = calls.flatMap((call, index) => {
    const { name, parameters } = entryOf(call)
    const args = call.args.map((argument, i) => `${parameters[i]!.name}=${formatArgument(argument)}`)
    return [...call.fills.map(formatFill), `#${index} ${name}(${args.join(', ')})${formatManner(call)}`]
  })
  return [`seed ${number(seed)}`, ...lines].join('\n')
}

function formatManner(call: Manner): string {
  const parts = MANNERS.flatMap((manner) => (call[manner] === undefined ? [] : [`${manner} ${number(call[manner])}`]))
  return parts.length === 0 ? '' : ` ${parts.join(', ')}`
}

const formatArgument = (argument: Argument) =>
  argument.kind === 'value' ? number(argument.value) : `#${argument.call}.${argument.parameter}`

const formatFill = (fill: Fill) =>
  `${number(fill.at)} = ${
    fill.kind === 'bytes'
      ? formatBytes(fill.bytes)
      : fill.vectors.map(([pointer, length]) => `(${number(pointer)}, ${number(length)})`).join(' ')
  }`

/** Longest unit, and shortest whole, that is written as a repetition. */
const UNIT = 8
const LONG = 64

function formatBytes(bytes: Uint8Array): string {
  if (bytes.length >= LONG) {
    for (let unit = 1; unit <= UNIT; unit++) {
      const repeats = bytes.length % unit === 0 && bytes.every((byte, i) => byte === bytes[i % unit])
      if (repeats) return `${quoteBytes(bytes.subarray(0, unit))} * ${bytes.length / unit}`
    }
  }
  return quoteBytes(bytes)
}

/** Text as JSON in ASCII, because it may be hostile to whoever reads it (OUT-01, OUT-03); what is no text as hexadecimal digits. */
function quoteBytes(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return JSON.stringify(text).replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  } catch {
    return `hex ${Buffer.from(bytes).toString('hex')}`
  }
}

/** @throws {ProgramError} with the number of the line */
export function parseProgram(text: string): Program {
  let seed = 0
  let fills: Fill[] = []
  const calls: Call[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('//')) continue
    try {
      if (line.startsWith('seed ')) seed = Number(parseNumber(line.slice(5), 2n ** 32n))
      else if (line.startsWith('#')) {
        calls.push(parseCall(line, fills, calls))
        fills = []
      } else fills.push(parseFill(line))
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error
      throw new ProgramError(`Line ${index + 1}: ${error.message}.`)
    }
  }
  if (fills.length > 0)
    throw new ProgramError('Bytes are put into memory behind the last call; put them before the call that they are for.')
  return { seed, calls }
}

const wrong = (message: string): never => {
  throw new ProgramError(message)
}

function parseNumber(text: string, below = 2n ** 64n): bigint {
  if (!/^(?:0x[0-9a-f]{1,16}|\d{1,20})$/.test(text)) return wrong(`"${text}" is no number`)
  const parsed = BigInt(text)
  return parsed < below ? parsed : wrong(`${text} is too large`)
}

function parseCall(line: string, fills: readonly Fill[], earlier: readonly Call[]): Call {
  const match = /^#(\d+) (\w+)\((.*)\)(?: ([a-z0-9, ]+))?$/.exec(line)
  if (!match) return wrong('a call is written as "#0 name(parameter=value, …)"')
  if (Number(match[1]) !== earlier.length) return wrong(`this is call #${earlier.length}, counted from #0`)
  const index = EXECUTOR_CALLS.findIndex(({ name }) => name === match[2])
  if (index < 0) return wrong(`the table has no call "${match[2]}"`)
  const { parameters } = EXECUTOR_CALLS[index]!
  const given = match[3] === '' ? [] : match[3]!.split(', ')
  const names = given.map((part) => part.split('=', 1)[0])
  if (names.join() !== parameters.map(({ name }) => name).join())
    return wrong(`the parameters of ${match[2]} are ${parameters.map(({ name }) => name).join(', ') || 'none'}`)
  const args = given.map((part) => parseArgument(part.slice(part.indexOf('=') + 1), earlier))
  return { fills, index, args, ...parseManner(match[4]) }
}

function parseManner(text: string | undefined): Manner {
  if (text === undefined) return {}
  const parts = text.split(', ').map((part) => {
    const [name, given, ...more] = part.split(' ')
    const manner = MANNERS.find((each) => each === name)
    if (!manner || given === undefined || more.length > 0)
      return wrong(`behind a call may stand "grow", "depth" and "times", each with a number, and not "${part}"`)
    return [manner, Number(parseNumber(given, BigInt(MOST[manner]) + 1n))] as const
  })
  if (new Set(parts.map(([manner]) => manner)).size < parts.length) return wrong('how a call is made is said twice')
  if (parts.some(([, given]) => given === 0)) return wrong('a call that is made in some manner is made so at least once')
  return Object.fromEntries(parts)
}

function parseArgument(text: string, earlier: readonly Call[]): Argument {
  const reference = /^#(\d{1,4})\.(\w+)$/.exec(text)
  if (!reference) return value(parseNumber(text))
  const [call, name] = [Number(reference[1]), reference[2]!]
  const of = earlier[call]
  if (!of) return wrong(`call #${call} does not come before this one`)
  return isResult(entryOf(of), name) ? { kind: 'result', call, parameter: name } : wrong(`${text} is no result that is a number`)
}

const isResult = ({ parameters }: AbiFunction, name: string) => {
  const parameter = parameters.find((each) => each.name === name)
  return parameter !== undefined && resultBytes(parameter) !== null
}

function parseFill(line: string): Fill {
  const match = /^(\w+) = (.+)$/.exec(line)
  if (!match) return wrong('bytes are written as "0x1000 = "text"", "0x1000 = hex 00ff" or "0x1000 = (0x6000, 16)"')
  const at = Number(parseNumber(match[1]!, 2n ** 32n))
  const fill: Fill = match[2]!.startsWith('(')
    ? { kind: 'vectors', at, vectors: parseVectors(match[2]!) }
    : { kind: 'bytes', at, bytes: parseBytes(match[2]!) }
  return fits(fill, fillBytes(fill).length) ? fill : wrong('the bytes lie where the program itself does')
}

function parseVectors(text: string): [number, number][] {
  if (!/^\(\w+, \w+\)(?: \(\w+, \w+\))*$/.test(text)) return wrong('vectors are written as "(pointer, length) (pointer, length)"')
  return [...text.matchAll(/\((\w+), (\w+)\)/g)].map(([, pointer, length]) => [
    Number(parseNumber(pointer!, 2n ** 32n)),
    Number(parseNumber(length!, 2n ** 32n)),
  ])
}

/** No program has more memory than the engine gives it. */
const MAX_BYTES = 65_536

function parseBytes(text: string): Uint8Array {
  const [, unit, times = '1'] =
    /^(".*"|hex [0-9a-f]*)(?: \* (\d{1,5}))?$/.exec(text) ?? wrong('bytes are a text in quotes or "hex" and digits')
  const bytes = unit!.startsWith('hex ') ? Buffer.from(unit!.slice(4), 'hex') : Buffer.from(parseText(unit!))
  if (bytes.length * Number(times) > MAX_BYTES) return wrong('the bytes are more than there is memory')
  return new Uint8Array(Buffer.concat(Array.from({ length: Number(times) }, () => bytes)))
}

function parseText(quoted: string): string {
  let text: unknown
  try {
    text = JSON.parse(quoted)
  } catch {
    return wrong('the text is not written as in JSON')
  }
  return typeof text === 'string' && text.isWellFormed() ? text : wrong('the text is no Unicode')
}
