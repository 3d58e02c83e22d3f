// From a module's manifest to what it is granted: by a stored consent, by --yes, or by somebody at the terminal; and to nothing without one.
import { decideConsent, rememberConsent } from '../sandbox/policy/consent.ts'
import { ConsentStore } from '../sandbox/policy/consent-store.ts'
import type { ConsentQuestion } from '../sandbox/policy/consent-text.ts'
import type { Manifest } from '../sandbox/policy/manifest.ts'
import { type Negotiation, negotiate } from '../sandbox/policy/negotiate.ts'
import type { Policy } from '../sandbox/policy/schema.ts'
import { askYesNo, type Terminal } from './ask.ts'
import { CliError, usageError } from './cli-error.ts'
import { EXIT } from './exit-codes.ts'
import type { Interruption } from './interrupt.ts'

export interface ConsentOptions {
  /** File in which consents are kept; without it they hold for one run. */
  readonly consent?: string
  readonly principal?: string
  readonly yes?: true
  readonly requireManifest?: true
}

/**
 * @param terminal null if nobody can be asked
 * @throws {CliError} if there is no consent
 */
export async function agree(
  manifest: Manifest | null,
  sha256: string,
  policy: Policy,
  options: ConsentOptions,
  terminal: Terminal | null,
  interruption: Interruption,
): Promise<Negotiation> {
  const { requireManifest = false, yes = false, principal = null } = options
  if (manifest === null) return negotiate(null, policy, [], { requireManifest })
  const store = options.consent === undefined ? null : new ConsentStore(options.consent)
  const decision = await decideConsent(manifest, sha256, store, principal, policy)
  const { state, question, wanted } = decision
  const agreed = () => negotiate(manifest, policy, wanted)
  if (state === 'granted') return agreed()
  if (!yes && state === 'denied')
    throw new CliError(
      `Consent to this module was refused earlier; "gauntlet consent revoke ${sha256} --consent ${options.consent}" lets it ask again.`,
      EXIT.consent,
    )
  if (!yes && terminal === null) {
    throw usageError(
      `This module asks for consent, and nobody can be asked here; pass --yes to allow what follows.\n${questionText(question)}`,
    )
  }
  const answer = yes || (await askYesNo(terminal!, prompt(question, options.consent), interruption.signal))
  if (interruption.code !== null) throw new CliError('Interrupted before the module ran.', interruption.code)
  if (answer === null) throw new CliError('There was no answer, so the module was not run.', EXIT.consent)
  if (store) await rememberConsent(decision, answer ? 'granted' : 'denied', store)
  if (!answer) throw new CliError('Consent was refused, so the module was not run.', EXIT.consent)
  return agreed()
}

const prompt = (question: ConsentQuestion, file: string | undefined) =>
  `${questionText(question)}\nAllow this ${file === undefined ? 'for this run' : `from now on (kept in ${file})`}? [y/N] `

/** The question as lines; every text in it is neutral already. */
export function questionText({ name, version, sha256, description, lines, before }: ConsentQuestion): string {
  const head = [
    `The module that calls itself ${name}, version ${version}, asks for permissions.`,
    `  SHA-256 ${sha256}`,
    ...(description === null ? [] : [`  It says about itself: ${description}`]),
    ...(before === null ? [] : [`  You agreed to its version ${before}; what is new is marked with "+".`]),
  ]
  const body = lines.flatMap(({ sentence, claim, isNew }) => [
    `${isNew ? '+' : '-'} ${sentence}`,
    `    The module's reason: ${claim}`,
  ])
  return [...head, 'It could:', ...body].join('\n')
}
