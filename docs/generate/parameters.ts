// What the ABI table says of a parameter, in words.
import { type AbiFunction, type AbiParameter, type HandleKind, LAYOUT_BYTES } from '../../src/sandbox/host/abi/index.ts'
import { bitNames } from './bits.ts'
import { code, number, size } from './markdown.ts'
import { valueMeaning } from './values.ts'

const NO_MAXIMUM = 2 ** 32 - 1

const HANDLES: Readonly<Record<HandleKind, string>> = {
  stream: 'a standard stream',
  file: 'a file',
  directory: 'a directory',
  socket: 'a socket',
  response: 'an HTTP response',
  key: 'a key',
}

const or = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`

const CONTENT = { bytes: 'bytes', text: 'text in UTF-8', path: 'path in UTF-8' } as const

export function describe({ name, meaning }: AbiParameter, { name: call, parameters }: AbiFunction): string {
  switch (meaning.kind) {
    case 'fd':
      return `handle of ${or(meaning.of.map((kind) => HANDLES[kind]))}`
    case 'pointer':
      return pointer(meaning)
    case 'length':
      return length(parameters.find((p) => p.meaning.kind === 'pointer' && p.meaning.count === name)!, meaning.max)
    case 'enum':
      return meaning.values.map((value, at) => `${at} ${code(value)}`).join(', ')
    case 'flags':
      return flags(name, meaning.bits)
    case 'value':
      return valueMeaning(call, name)
  }
}

type Pointer = Extract<AbiParameter['meaning'], { kind: 'pointer' }>

function pointer({ to, count, direction, content, yields }: Pointer): string {
  const way = direction === 'in' ? 'in: address of' : 'out: address for'
  // What path_open opens turns out only then.
  if (yields) return `${way} the number of the new handle (u32): ${HANDLES[yields]}${yields === 'file' ? ' or directory' : ''}`
  if (to === 'u8') {
    const many =
      typeof count === 'string' ? `${code(count)} bytes` : count === null ? 'as many bytes as the answer has' : `${count} bytes`
    return content === 'bytes' ? `${way} ${many}` : `${way} ${many}: ${CONTENT[content]}`
  }
  const layout = `${to} (${LAYOUT_BYTES[to]} bytes${count === 1 ? '' : ' each'})`
  if (count === 1) return `${way} one ${layout}`
  return `${way} ${count === null ? 'as many as the answer has' : typeof count === 'string' ? code(count) : count} × ${layout}`
}

function length({ name, meaning }: AbiParameter, max: number): string {
  const to = meaning.kind === 'pointer' ? meaning.to : 'u8'
  const unit = to === 'u8' ? 'bytes' : 'elements'
  if (max >= NO_MAXIMUM) return `number of ${unit} at ${code(name)}`
  return `number of ${unit} at ${code(name)}, at most ${to === 'u8' && max >= 1024 ? size(max) : number(max)}`
}

function flags(name: string, bits: number): string {
  const names = bitNames(name, bits)
  if (names.length === 0) return `flags: ${bits} bits, of which none has a meaning`
  if (names.length > 8) return `[rights](#rights), ${names.length} bits`
  return `flags: ${names.map((bit, at) => `${number(2 ** at)} ${code(bit)}`).join(', ')}`
}
