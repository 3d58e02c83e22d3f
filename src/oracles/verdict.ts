// The verdict oracle: the result is one of the enumerated set, is what was expected, and says nothing that a guest could have put there.
import type { Expectation } from '../attacks/attack.ts'
import { TARGET_OUTCOMES, type TargetResult } from '../targets/target.ts'
import { type Oracle, speaker } from './oracle.ts'
import { hostileCharacter, quote } from './text.ts'

const say = speaker('verdict')

/** Longest text that a message to the embedder may have, in UTF-16 code units: longer ones carry guest text by the yard. */
export const MAX_MESSAGE_LENGTH = 2_000

/** Code of a refusal by a host that need not offer what the guest imports: by itself it may be right or wrong; see `judgeAttack`. */
export const NOT_OFFERED = 'refused-not-expected'

interface Fault {
  readonly code: string
  readonly reason: string
}
type Rule = (expect: Expectation, result: TargetResult, own: boolean) => Fault | null

const among = (words: readonly string[]): string => words.join(' or ')

const enumerated: Rule = (_expect, result) =>
  (TARGET_OUTCOMES as readonly string[]).includes(result.outcome)
    ? null
    : { code: 'outcome-unknown', reason: `the outcome must be one of the enumerated set, but was ${quote(result.outcome)}` }

const noFault: Rule = (_expect, result) =>
  result.outcome === 'fault'
    ? {
        code: 'fault',
        reason: `the target must end in a defined way, but reported a fault: ${quote([result.detail, ...result.messages].join(': '))}`,
      }
    : null

/** Searched in everything that the guest could write or the host could be made to say. */
const forbiddenText: Rule = (expect, result) => {
  if (!expect.forbidden?.length) return null
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const places: [string, string][] = [
    ['stdout', decoder.decode(result.stdout)],
    ['stderr', decoder.decode(result.stderr)],
    ['the messages', result.messages.join('\n')],
    ['the values', result.values.join('\n')],
    ['the detail', result.detail],
  ]
  for (const text of expect.forbidden) {
    const place = places.find(([, content]) => content.includes(text))
    if (place) return { code: 'forbidden-text', reason: `${quote(text)} must not appear, but it stands in ${place[0]}` }
  }
  return null
}

const outcome: Rule = (expect, result, own) =>
  expect.outcomes.includes(result.outcome)
    ? null
    : {
        code: !own && result.outcome === 'refused' ? NOT_OFFERED : 'outcome-not-expected',
        reason: `the outcome must be ${among(expect.outcomes)}, but was ${result.outcome} (${[result.detail, ...result.messages]
          .slice(0, 3)
          .map((text) => quote(text))
          .join(', ')})`,
      }

const detail: Rule = (expect, result, own) =>
  !own || !expect.details || expect.details.includes(result.detail)
    ? null
    : {
        code: 'detail-not-expected',
        reason: `the outcome’s detail must be ${among(expect.details)}, but was ${quote(result.detail)}`,
      }

const exitCode: Rule = (expect, result) =>
  expect.exitCode === undefined || result.exitCode === expect.exitCode
    ? null
    : { code: 'exit-code', reason: `the exit code must be ${expect.exitCode}, but was ${result.exitCode}` }

const stdout: Rule = (expect, result) => {
  if (expect.stdout === undefined || Buffer.from(expect.stdout).equals(result.stdout)) return null
  const seen = quote(new TextDecoder('utf-8', { ignoreBOM: true }).decode(result.stdout.subarray(0, 1_000)))
  return { code: 'stdout', reason: `stdout must be exactly ${quote(expect.stdout)}, but was ${seen}` }
}

const values: Rule = (expect, result) => {
  if (!expect.values) return null
  const same = expect.values.length === result.values.length && expect.values.every((value, i) => value === result.values[i])
  return same
    ? null
    : {
        code: 'values',
        reason: `the values must be ${quote(expect.values.join(', '))}, but were ${quote(result.values.join(', '))}`,
      }
}

const events: Rule = (expect, result, own) => {
  const wanted = expect.events ?? []
  const times = (types: readonly string[], type: string) => types.filter((one) => one === type).length
  const missing = own ? [...new Set(wanted)].filter((type) => times(result.events, type) < times(wanted, type)) : []
  if (missing.length === 0) return null
  return {
    code: 'event-missing',
    reason: `the event ${missing.join(', ')} must be raised, but only ${quote(result.events.join(', '))} were`,
  }
}

const inertText: Rule = (_expect, result) => {
  for (const text of [result.detail, ...result.messages]) {
    const character = hostileCharacter(text)
    if (character)
      return { code: 'hostile-text', reason: `messages must be inert text, but one holds ${character}: ${quote(text)}` }
    if (text.length > MAX_MESSAGE_LENGTH) {
      return {
        code: 'hostile-text',
        reason: `messages must not exceed ${MAX_MESSAGE_LENGTH} characters, but one has ${text.length}: ${quote(text, 60)}`,
      }
    }
  }
  return null
}

/** What is worst comes first: the code of the first broken rule names the finding. */
const RULES: readonly Rule[] = [enumerated, noFault, forbiddenText, outcome, detail, exitCode, stdout, values, events, inertText]

export const verdictOracle: Oracle = (trial, observation, own) => {
  const { result } = observation
  if (result === null) return say('inconclusive', 'no-result', 'the target returned no result to judge')
  for (const rule of RULES) {
    const fault = rule(trial.expect, result, own)
    if (fault) return say('violated', fault.code, fault.reason)
  }
  return say('contained', 'as-expected', `${result.outcome}, as expected`)
}
