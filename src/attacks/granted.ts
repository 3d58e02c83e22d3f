// Which host calls a guest of the default policy may import: what generated attacks run under unless they say otherwise.
import { ABI, type AbiFunction, type Capability } from '../sandbox/host/abi/index.ts'

/** What the profile `default` does not grant; a test compares this with the profile. */
export const NOT_GRANTED: ReadonlySet<Capability> = new Set<Capability>(['net', 'kv'])

const available = ({ capabilities }: AbiFunction) =>
  capabilities.length === 0 || capabilities.some((capability) => !NOT_GRANTED.has(capability))

export const GRANTED_CALLS: readonly AbiFunction[] = ABI.filter(available)
export const REFUSED_CALLS: readonly AbiFunction[] = ABI.filter((entry) => !available(entry))
