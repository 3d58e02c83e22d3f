// Swarm switches: which kinds of calls a program makes. Programs of few kinds reach states that programs of all kinds drown (Groce et al., ISSTA 2012).
import type { AbiFunction } from '../../sandbox/host/abi/index.ts'
import { EXECUTOR_CALLS } from './module.ts'

export const FAMILIES = ['process', 'descriptors', 'files', 'network', 'store', 'crypto', 'reports'] as const
export type Family = (typeof FAMILIES)[number]

const BY_CAPABILITY: ReadonlyMap<string, Family> = new Map([
  ['stdio', 'descriptors'],
  ['fs', 'files'],
  ['net', 'network'],
  ['kv', 'store'],
  ['crypto', 'crypto'],
  ['log', 'reports'],
  ['metric', 'reports'],
  ['result', 'reports'],
])

/** By the first of its capabilities. Sockets need none, since their authority is the handle. */
export const familyOf = ({ name, capabilities }: AbiFunction): Family =>
  name.startsWith('sock_') ? 'network' : (BY_CAPABILITY.get(capabilities[0] ?? '') ?? 'process')

const INDEXES: readonly (readonly number[])[] = FAMILIES.map((family) =>
  EXECUTOR_CALLS.flatMap((entry, index) => (familyOf(entry) === family ? [index] : [])),
)

/** By the switches, because programs are decoded by the thousand. */
const ON: readonly (readonly number[])[] = Array.from({ length: 1 << FAMILIES.length }, (_, bits) => {
  const on = INDEXES.filter((_, i) => (bits >> i) & 1).flat()
  return on.length > 0 ? on : INDEXES.flat()
})

/** Indexes of the calls that are on. Each bit is a family's; none at all are all of them, so that the shortest program has everything. */
export const switchedOn = (bits: number): readonly number[] => ON[bits & (ON.length - 1)]!
