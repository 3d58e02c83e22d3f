// Whatever a module says about itself, the person who is asked reads the host's words for what it wants, agrees to these bytes and these grants only, and is not asked again.
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { type ConsentDecision, decideConsent, rememberConsent } from '../../src/sandbox/policy/consent.ts'
import type { ConsentRecord, ConsentStore } from '../../src/sandbox/policy/consent-store.ts'
import type { ConsentQuestion } from '../../src/sandbox/policy/consent-text.ts'
import { checkManifest, type Manifest, type ManifestInput } from '../../src/sandbox/policy/manifest.ts'
import { checkPropertyAsync } from '../check.ts'

type Entry = ManifestInput['capabilities'][number]
interface Words {
  readonly description: string
  readonly reasons: readonly string[]
}

/** What pushes the list out of sight, ends a quotation, draws buttons, turns a line around, or looks like the host's own words. */
const TRICKS = [
  '\n\n\n\n',
  '\r',
  '\u2028',
  '"',
  '\\"',
  '\\',
  '\u001b[2J\u001b[H',
  '\u009b1A',
  '\u202e',
  '\u200b',
  '\u00a0\u2003\u3000',
  ' '.repeat(80),
  'e\u0301\u0301\u0301\u0301\u0301',
  '[ Allow ]  [ Deny ]',
  'Get random bytes.',
  'p\u0430ypal',
  '\u{e0041}',
]
const words = fc
  .array(fc.oneof(fc.constantFrom(...TRICKS), fc.string({ unit: 'grapheme', maxLength: 12 })), { minLength: 1, maxLength: 8 })
  .map((parts) => parts.join('').slice(0, 200))
  .filter((text) => text !== '' && text.isWellFormed())
const asked: fc.Arbitrary<Words> = fc.record({ description: words, reasons: fc.array(words, { minLength: 4, maxLength: 4 }) })

/** The wishes, with the reasons in turn. */
const wishes = (reasons: readonly string[]): Entry[] => [
  { capability: 'random', reason: reasons[0]! },
  { capability: 'net.http', allow: ['https://*.example.org'], reason: reasons[1]! },
  { capability: 'fs', mounts: [{ at: '/data', writable: true }], reason: reasons[2]! },
]
const manifestOf = (description: string, capabilities: Entry[]): Manifest =>
  checkManifest({ manifest: 1, name: 'a-module', version: '1.0.0', description, capabilities })
const SHA = 'a'.repeat(64)

/** Decisions in memory: what the file would hold. */
function storeOf(): ConsentStore {
  const records: ConsentRecord[] = []
  const put = async (record: ConsentRecord) => {
    const same = records.findIndex(({ sha256, principal }) => sha256 === record.sha256 && principal === record.principal)
    if (same !== -1) records.splice(same, 1)
    records.push(record)
  }
  const kept = { records: async () => records, put }
  return kept as unknown as ConsentStore
}

const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}| {2}|\p{M}{3}/u
/** A quotation that ends where it seems to, and what the host adds behind it. */
const QUOTATION = /^"(?:[^"\\]|\\.)*"(?:… \(\d+ characters\))?(?: \[one word mixes [A-Z][A-Za-z ]+ letters\])?$/u

function wording({ description, lines }: ConsentQuestion, honest: ConsentQuestion): string | null {
  const shown = [description ?? '""', ...lines.map(({ claim }) => claim)]
  if (shown.some((text) => UNSEEN.test(text))) return 'what cannot be seen, or moves what can, is in the question'
  if (shown.some((text) => !QUOTATION.test(text))) return 'a claim of the module does not stand in one quotation'
  if (shown.some((text) => text.length > 6000)) return 'a claim of the module has no end'
  const own = (question: ConsentQuestion) =>
    JSON.stringify(question.lines.map(({ capability, sentence }) => [capability, sentence]))
  return own({ ...honest, lines }) === own(honest) ? null : 'the words of the host depend on those of the module'
}

async function binding(made: ConsentDecision, { description, reasons }: Words, store: ConsentStore): Promise<string | null> {
  const stateOf = async (manifest: Manifest, sha = SHA) => (await decideConsent(manifest, sha, store, null)).state
  const same = manifestOf(description, wishes(reasons))
  if ((await stateOf(same)) !== 'ask') return 'it is not asked in the first place'
  await rememberConsent(made, 'denied', store)
  for (let times = 0; times < 10; times++) if ((await stateOf(same)) !== 'denied') return 'who has refused is asked again'
  await rememberConsent(made, 'granted', store)
  if ((await stateOf(same)) !== 'granted') return 'consent is not remembered'
  if ((await stateOf(same, 'b'.repeat(64))) !== 'ask') return 'consent to one module holds for other bytes'
  const more: Entry[] = [...wishes(reasons), { capability: 'crypto', keys: [{ name: 'k', use: ['sign'] }], reason: reasons[3]! }]
  if ((await stateOf(manifestOf(description, more))) !== 'ask') return 'consent holds for more than what was agreed to'
  const other = wishes([reasons[0]!, `${reasons[1]}.`, reasons[2]!])
  return (await stateOf(manifestOf(description, other))) === 'ask'
    ? null
    : 'consent holds for other reasons than those that were shown'
}

async function holds(asked: Words): Promise<string | null> {
  const honest = await decideConsent(manifestOf('A module.', wishes(['Why.', 'Why.', 'Why.'])), SHA, null, null)
  const store = storeOf()
  const made = await decideConsent(manifestOf(asked.description, wishes(asked.reasons)), SHA, store, null)
  return wording(made.question, honest.question) ?? (await binding(made, asked, store))
}

const property: Property = {
  name: 'consent-questions',
  threats: ['OUT-09', 'OUT-10', 'OUT-03'],
  run: (seed, milliseconds) => checkPropertyAsync(asked, holds, (value) => JSON.stringify(value), seed, milliseconds),
}
export default property
