// Words in which the rows of the ABI table are written.

import type { ErrnoName } from '../errno.ts'
import type { AbiFunction, AbiParameter, AbiValueType, Capability, Content, HandleKind, Layout, Meaning, Place } from './types.ts'

const parameter = (type: AbiValueType, name: string, meaning: Meaning): AbiParameter => ({ name, type, meaning })
const i32 = (name: string, meaning: Meaning) => parameter('i32', name, meaning)

/** Most bytes that one call takes from the guest or gives to it, where nothing smaller is said: 1 GiB is the whole of most memories. */
const ANY_LENGTH = 2 ** 32 - 1
/** Most vectors of one call; POSIX's IOV_MAX on Linux (MEM-10). */
const MAX_VECTORS = 1024

export const fd = (of: readonly HandleKind[], name = 'fd') => i32(name, { kind: 'fd', of })
export const value = (name: string) => i32(name, { kind: 'value' })
export const long = (name: string) => parameter('i64', name, { kind: 'value' })
export const double = (name: string) => parameter('f64', name, { kind: 'value' })
export const flags = (name: string, bits: number) => i32(name, { kind: 'flags', bits })
export const rights = (name: string) => parameter('i64', name, { kind: 'flags', bits: 30 })
export const choice = (name: string, values: readonly string[]) => i32(name, { kind: 'enum', values })
export const length = (name: string, max = ANY_LENGTH) => i32(name, { kind: 'length', max })

const pointer = (name: string, to: Layout, count: number | string | null, direction: 'in' | 'out', content: Content = 'bytes') =>
  i32(name, { kind: 'pointer', to, count, direction, content })
export const into = (name: string, to: Layout, count: number | string | null = 1) => pointer(name, to, count, 'out')
/** A pointer to where a new handle's number goes. */
export const handle = (name: string, yields: HandleKind) =>
  i32(name, { kind: 'pointer', to: 'u32', count: 1, direction: 'out', content: 'bytes', yields })
const from = (name: string, to: Layout, count: number | string) => pointer(name, to, count, 'in')

/** Bytes of the guest's, and how many. */
export const bytes = (name: string, max = ANY_LENGTH) => [from(name, 'u8', `${name}_len`), length(`${name}_len`, max)]
const words = (name: string, content: Content, max: number) => [
  pointer(name, 'u8', `${name}_len`, 'in', content),
  length(`${name}_len`, max),
]
export const text = (name: string, max: number) => words(name, 'text', max)
/** Longest path that any call takes; policies have a lower cap of their own (`quotas.pathBytes`). */
export const path = (name = 'path') => words(name, 'path', 65_536)
/** Room for an answer, its size, and where the number of bytes that were used goes. */
export const room = (name = 'buf', used = 'bufused') => [
  into(name, 'u8', `${name}_len`),
  length(`${name}_len`),
  into(used, 'u32'),
]
export const vectors = (name: string) => [from(name, 'iovec', `${name}_len`), length(`${name}_len`, MAX_VECTORS)]
export const subscriptions = () => [
  from('in', 'subscription', 'nsubscriptions'),
  into('out', 'event', 'nsubscriptions'),
  length('nsubscriptions', 4096),
]

export interface Row {
  readonly name: string
  readonly parameters: readonly AbiParameter[]
  readonly capabilities: readonly Capability[]
  readonly place: Place
  readonly errnos: readonly ErrnoName[]
  readonly summary: string
  readonly deviation?: string
}

// A brokered call leaves the process twice; the factor is that of measured times, rounded to a power of ten.
const COST: Readonly<Record<Place, AbiFunction['cost']>> = {
  cell: { call: 100, perKiB: 100 },
  either: { call: 1000, perKiB: 200 },
  broker: { call: 10_000, perKiB: 1000 },
}

/** Every call that takes a pointer can answer `fault`: the gate checks pointers before anything else. */
const pointerErrnos = (parameters: readonly AbiParameter[]): ErrnoName[] =>
  parameters.some(({ meaning }) => meaning.kind === 'pointer') ? ['fault'] : []

/** Every call that may go to the broker can come back without its answer: at the deadline, and when the guest is to end. */
const brokerErrnos = (place: Place): ErrnoName[] => (place === 'cell' ? [] : ['timedout', 'canceled'])

export const abiFunction = (module: string, { errnos, ...row }: Row): AbiFunction => ({
  ...row,
  module,
  result: row.name === 'proc_exit' ? 'never' : 'errno',
  cost: COST[row.place],
  errnos: [...new Set([...pointerErrnos(row.parameters), ...brokerErrnos(row.place), ...errnos])].sort(),
})
