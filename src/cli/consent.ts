// `gauntlet consent`: what somebody has agreed to, and how to take it back.
import { visible, visibleJson } from '../reports/visible.ts'
import { type ConsentRecord, ConsentStore } from '../sandbox/policy/consent-store.ts'
import { sentenceOf } from '../sandbox/policy/consent-text.ts'
import { usageError } from './cli-error.ts'
import { type Output, write, writeLine } from './terminal.ts'

export interface ConsentCommandOptions {
  readonly consent: string
  readonly json?: true
}

export async function listConsents({ consent, json }: ConsentCommandOptions, output: Output): Promise<void> {
  const records = await new ConsentStore(consent).records()
  if (json) await write(output, visibleJson(records))
  else if (records.length === 0) await writeLine(output, `There are no consents in ${consent}.`)
  else await write(output, `${records.map(described).join('\n\n')}\n`)
}

// Everything in the file may have been a module's.
function described({ name, version, sha256, principal, state, time, items }: ConsentRecord): string {
  const head = `${visible(name)} ${visible(version)}: ${state} on ${new Date(time).toISOString()}`
  const vouched = principal === null ? [] : [`  principal ${visible(principal)}`]
  return [head, `  SHA-256 ${sha256}`, ...vouched, ...items.map((item) => `  - ${visible(sentenceOf(item))}`)].join('\n')
}

/** @param which a module's name, or the beginning of its SHA-256 */
export async function revokeConsents(which: string, { consent }: ConsentCommandOptions, output: Output): Promise<void> {
  const digest = /^[0-9a-f]{8,64}$/.test(which)
  const removed = await new ConsentStore(consent).remove(
    ({ name, sha256 }) => name === which || (digest && sha256.startsWith(which)),
  )
  if (removed.length === 0) {
    throw usageError(
      `There is no consent for ${JSON.stringify(which)} in ${consent}; name a module, or at least 8 digits of its SHA-256, as "gauntlet consent list" shows them.`,
    )
  }
  for (const { name, version, sha256 } of removed)
    await writeLine(output, `Revoked: ${visible(name)} ${visible(version)} (${sha256}).`)
}
