// From what people write to a complete policy: the profile, the differences, the check that all of it can be enforced here.
import type { z } from 'zod'
import { PolicyError } from '../errors.ts'
import { ownData } from '../own-data.ts'
import { unenforceable } from './enforceable.ts'
import { frozen, PROFILES } from './profiles.ts'
import { type Policy, type PolicyInput, policyInputSchema } from './schema.ts'

/** zod's issues as "place: what is wrong", unknown keys named. */
function explain(error: z.ZodError): { message: string; places: string[] } {
  const lines = error.issues.map((issue) => {
    const place = issue.path.map(String).join('.') || '(top level)'
    return { place, text: `${place}: ${issue.message}` }
  })
  return { message: `The policy is not valid. ${lines.map((l) => l.text).join('; ')}.`, places: lines.map((l) => l.place) }
}

/** Complete, checked and frozen policies: whoever hands one in again need not wait for all that once more. */
const resolved = new WeakSet<object>()

export const isResolved = (policy: object): boolean => resolved.has(policy)

/**
 * @param input a profile's name, a policy object, or nothing for `base`
 * @returns frozen, to be used as often as wanted
 * @throws {PolicyError} naming every place that is wrong or cannot be enforced
 */
export function resolvePolicy(input?: string | PolicyInput, base?: Policy): Policy {
  const policy = complete(input, base)
  if (resolved.has(policy)) return policy
  const problems = unenforceable(policy)
  if (problems.length > 0) {
    const text = problems.map((p) => `${p.place}: ${p.reason}`).join('; ')
    throw new PolicyError(
      `The policy cannot be enforced. ${text}.`,
      problems.map((p) => p.place),
    )
  }
  resolved.add(frozen(policy))
  return policy
}

function complete(input: string | PolicyInput | undefined, base: Policy | undefined): Policy {
  if (typeof input === 'object' && resolved.has(input)) return input as Policy
  if (typeof input === 'string') {
    const profile = PROFILES.get(input)
    if (!profile)
      throw new PolicyError(
        `There is no policy "${input.slice(0, 40)}"; the built-in ones are ${[...PROFILES.keys()].join(', ')}.`,
        ['extends'],
      )
    return profile
  }
  const parsed = policyInputSchema.safeParse(ownData(input ?? {}))
  if (!parsed.success) {
    const { message, places } = explain(parsed.error)
    throw new PolicyError(message, places)
  }
  // Without a prototype again: a part that was left out must not be found on a polluted `Object.prototype`, where it could widen the policy.
  const own = ownData(parsed.data) as typeof parsed.data
  const from = own.extends === undefined ? (base ?? PROFILES.get('default')!) : PROFILES.get(own.extends)!
  const changed = Object.keys(own).some((key) => key !== 'extends')
  return {
    name: own.name ?? (changed ? `${from.name}, changed` : from.name),
    isolation: { ...from.isolation, ...notReused(own.isolation), ...defined(own.isolation) },
    features: own.features ?? from.features,
    quotas: { ...from.quotas, ...withoutThread(own.isolation), ...defined(own.quotas) },
    capabilities: { ...from.capabilities, ...defined(own.capabilities) },
    hostCalls: { ...from.hostCalls, ...defined(own.hostCalls) },
    // As a whole: keys of two policies together would be a third one that nobody wrote.
    signatures: own.signatures === undefined ? from.signatures : own.signatures,
    audit: { ...from.audit, ...defined(own.audit) },
  }
}

// Without cells that could be used again, what the profile says of reuse means nothing; what somebody wrote is checked (see enforceable.ts).
const notReused = (own: PolicyInput['isolation']): { reuse?: 'never' } =>
  own?.exclusiveJail === true || own?.level === 'inline' ? { reuse: 'never' } : {}

// Nor do the sizes of a cell's heap and stack mean anything where there is no cell. The clocks' null, which lifts limits, has to be written.
const withoutThread = (own: PolicyInput['isolation']): { heapBytes?: null; stackBytes?: null } =>
  own?.level === 'inline' ? { heapBytes: null, stackBytes: null } : {}

// An optional key that is present with the value undefined must not erase the profile's value.
function defined<T extends object>(value: T | undefined): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, v]) => v !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}
