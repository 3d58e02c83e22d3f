// Consent: whether somebody has agreed to what a module asks for, to these very bytes and in these very words; and what has to be asked if not.
import { createHash } from 'node:crypto'
import { narrow, type Request, requestsOf, same } from './authority.ts'
import { type ConsentRecord, type ConsentStore, isAbout } from './consent-store.ts'
import { type ConsentQuestion, consentQuestion } from './consent-text.ts'
import { isThrottled } from './consent-throttle.ts'
import type { Manifest } from './manifest.ts'
import { withinPolicy } from './negotiate.ts'
import type { Policy } from './schema.ts'
import { compareVersions } from './version.ts'

export interface ConsentDecision {
  /** `ask`: nobody has decided about this yet, or it wants more than what was agreed to. */
  readonly state: 'granted' | 'denied' | 'ask'
  /** What to show, and to pass to `rememberConsent` with the answer. */
  readonly question: ConsentQuestion
  /** What the module asks for, as `negotiate` takes it once there is consent. The reasons are the module's raw words. */
  readonly wanted: readonly Request[]
  readonly description: string | null
  readonly principal: string | null
  /** SHA-256 of what is shown: the consent holds for these words. */
  readonly wording: string
}

/**
 * Consent is bound to the module's bytes and to the wording. A new version is asked about again, unless the embedder vouches with a `principal`
 * that it comes from the same hands as the version that was agreed to: then one that wants the same or less, in the same words, and is
 * not older, needs no new consent. A name alone carries nothing over: anyone may use it (OUT-09, SUP-03).
 *
 * @param store null if nothing is remembered
 * @param principal who vouches for modules of this name: a publisher's key, an account; null if nobody does
 * @param policy if given, only what it grants is asked about; there is no point in agreeing to the rest
 * @param now milliseconds since the epoch; after many refusals nobody is asked for a while, and the answer is `denied`
 * @throws {ConsentStoreError}
 */
export async function decideConsent(
  manifest: Manifest,
  sha256: string,
  store: Pick<ConsentStore, 'records'> | null,
  principal: string | null,
  policy?: Policy,
  now: number = Date.now(),
): Promise<ConsentDecision> {
  const wanted = policy ? withinPolicy(manifest, policy) : requestsOf(manifest)
  const records = (await store?.records()) ?? []
  const own = records.find((record) => isAbout(record, principal, sha256) && record.name === manifest.name)
  const lineage =
    principal === null
      ? undefined
      : records.findLast(
          (record) => record.principal === principal && record.name === manifest.name && record.state === 'granted',
        )
  const agreed = own?.state === 'granted' ? own : lineage
  const question = consentQuestion(
    manifest,
    sha256,
    wanted,
    agreed ? { version: agreed.version, includes: includedIn(agreed) } : null,
  )
  const asked = { question, wanted, description: manifest.description ?? null, principal, wording: wordingOf(question) }
  const state = stateOf(asked, own, lineage, manifest)
  const throttled = state === 'ask' && isThrottled(records, { name: manifest.name, principal }, now)
  return { ...asked, state: throttled ? 'denied' : state }
}

function stateOf(
  { wanted, wording, description }: Omit<ConsentDecision, 'state'>,
  own: ConsentRecord | undefined,
  lineage: ConsentRecord | undefined,
  { version }: Manifest,
): ConsentDecision['state'] {
  if (wanted.length === 0) return 'granted'
  // A refusal is remembered too: who asks again and again gets an answer, and nobody is worn down (OUT-10).
  if (own?.state === 'denied' && own.wording === wording) return 'denied'
  const holds = (record: ConsentRecord) => record.description === description && wanted.every(includedIn(record))
  if (own?.state === 'granted' && holds(own)) return 'granted'
  // What was decided about these bytes comes before what was decided about others of their name.
  if (own?.state !== 'denied' && lineage && holds(lineage) && compareVersions(version, lineage.version) >= 0) return 'granted'
  return 'ask'
}

/** The same thing or more was agreed to, for the same reason in the same words. */
const includedIn = (record: ConsentRecord) => (request: Request) =>
  record.items.some((item) => item.reason === request.reason && isAll(request, narrow(request, item)))

const isAll = (request: Request, part: Request | null) => part !== null && same(part, request)

/** Of everything that is shown but version, digest and marks of what is new: the host's own sentences too, so that a better wording is asked about again. */
function wordingOf({ name, description, lines }: ConsentQuestion): string {
  const shown = [name, description, lines.map(({ capability, sentence, claim }) => [capability, sentence, claim])]
  return createHash('sha256').update(JSON.stringify(shown)).digest('hex')
}

/** Keeps the answer to a question. @throws {ConsentStoreError} and then nothing was kept */
export async function rememberConsent(
  { question, wanted, description, principal, wording }: ConsentDecision,
  state: 'granted' | 'denied',
  store: Pick<ConsentStore, 'put'>,
): Promise<void> {
  const { name, version, sha256 } = question
  await store.put({ principal, name, version, sha256, state, wording, description, items: wanted, time: Date.now() })
}
