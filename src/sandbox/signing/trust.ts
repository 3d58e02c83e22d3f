// Whose signatures count: the trust policy, checked when the sandbox is created.
import type { Policy } from '../policy/schema.ts'
import { quoteGuestText } from '../text.ts'
import { flawOf, readPublicKeyText } from './public-key.ts'

/** The part `signatures` of a policy that requires some. */
export type Trust = NonNullable<Policy['signatures']>
export type TrustedKey = Trust['keys'][number]

interface Problem {
  readonly place: string
  readonly reason: string
}

/** Trust that had no problems, and is inherited by the policy of one call after the other: points of a curve take a while to check. */
const sound = new WeakSet<Trust>()

/** Everything in the policy that could not mean what it says. */
export function trustProblems(trust: Trust): Problem[] {
  if (sound.has(trust)) return []
  const problems = findProblems(trust)
  if (problems.length === 0) sound.add(trust)
  return problems
}

function findProblems({ required, keys }: Trust): Problem[] {
  const problems = keys.flatMap((key, index) =>
    [keyProblem(key), windowProblem(key), twinProblem(key, keys.slice(0, index))].flatMap((reason) =>
      reason === null ? [] : [{ place: `signatures.keys.${index}`, reason: `${nameOf(key)} ${reason}` }],
    ),
  )
  const usable = keys.filter(({ revoked }) => !revoked).length
  if (required > usable)
    problems.push({
      place: 'signatures.required',
      reason: `${required} signatures are required and only ${usable} of the keys can count, so no module would ever run`,
    })
  return problems
}

/** A key's name, which is the embedder's, in one line whatever is in it. */
export const nameOf = ({ name }: Pick<TrustedKey, 'name'>): string => quoteGuestText(name)

function keyProblem({ publicKey }: TrustedKey): string | null {
  const raw = readPublicKeyText(publicKey)
  if (!raw) return 'is not the base64 of 32 bytes, and no PEM of an Ed25519 public key'
  return flawOf(raw)
}

function windowProblem({ notBefore, notAfter }: TrustedKey): string | null {
  if (notBefore === undefined || notAfter === undefined || Date.parse(notBefore) < Date.parse(notAfter)) return null
  return 'ends (notAfter) before it begins (notBefore)'
}

// One person must not be two of n, and a key must not be revoked in one entry and trusted in the next (SUP-10).
function twinProblem({ name, publicKey }: TrustedKey, before: readonly TrustedKey[]): string | null {
  const raw = Buffer.from(readPublicKeyText(publicKey) ?? [])
  const twin = before.find((other) => raw.length > 0 && raw.equals(readPublicKeyText(other.publicKey) ?? new Uint8Array()))
  if (twin) return `is the same key as ${nameOf(twin)}; list it once`
  return before.some((other) => other.name === name) ? 'is there twice, for different keys; give one another name' : null
}

/** Why a key does not count at this time, to follow its name; null if it does. A signature has no time of its own, so the host's clock decides. */
export function whyNot({ notBefore, notAfter, revoked }: TrustedKey, now: number): string | null {
  if (revoked) return `was revoked on ${revoked.at} (${quoteGuestText(revoked.reason)})`
  if (notBefore !== undefined && now < Date.parse(notBefore)) return `does not count before ${notBefore}`
  if (notAfter !== undefined && now > Date.parse(notAfter)) return `does not count after ${notAfter}`
  return null
}
