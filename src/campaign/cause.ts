// The cause of a violation: what must be equal for two violations to be one finding, whatever the seed, the machine and the bytes.
import { createHash } from 'node:crypto'
import type { Trial } from '../attacks/attack.ts'
import type { Observation, OracleVerdict } from '../oracles/observation.ts'
import { isWarning } from '../oracles/process.ts'
import { ABI } from '../sandbox/host/abi/index.ts'
import { type Failure, topFunction } from './engines/finding-key.ts'

/** What makes two violations one finding: the cause, not the bytes. */
export interface Cause {
  readonly threat: string | null
  readonly oracle: string
  readonly code: string
  readonly target: string
  /** The host call that went wrong, where that is known. */
  readonly hostCall?: string
  /** Where and how it showed, without what changes from run to run; see {@link placeOf}. */
  readonly place?: string
}

/** Stable over runs and machines: 12 hexadecimal digits. */
export function findingId({ threat, oracle, code, target, hostCall, place }: Cause): string {
  const key = [threat, oracle, code, target, hostCall ?? null, ...(place ? [place] : [])]
  return createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 12)
}

/** More than this of a message says nothing more about the cause, in UTF-16 code units. */
const MAX_PLACE = 200

/**
 * A text without what differs between two occurrences of one bug: what is quoted (guest text), numbers, and the folders of files. The first line
 * only: what follows it in messages of engines is a source excerpt or a stack.
 */
export function withoutParticulars(text: string): string {
  const [line = ''] = text.split('\n', 1)
  return line
    .slice(0, 4 * MAX_PLACE)
    .replace(/“[^”]*”|"[^"]*"|'[^'\s]*'|`[^`]*`/g, '…')
    .replace(/(?:file:\/\/)?(?:[A-Za-z]:)?(?:[\\/][\w.@+-]+)+[\\/]([\w.@+-]+)/g, '$1')
    .replace(/(\.[cm]?[jt]s)(?::\d+){1,2}/g, '$1')
    .replace(/\b0x[0-9a-f]+\b|\d+(?:[.,]\d+)*/gi, '#')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_PLACE)
}

/** Message and function of what was thrown in a chamber: see `describeThrownIn`. */
function thrownPlace(text: string): string {
  const thrower = / \(thrown by ([^()]{1,300})\)$/.exec(text)
  const message = withoutParticulars(thrower ? text.slice(0, thrower.index) : text)
  return thrower ? `${message} | ${thrower[1]}` : message
}

/** What V8 says of itself before it ends the process: the line that names the failed check, or the memory that was not there. */
const FATAL = /^.*(?:# (?:Fatal error|Check failed|Debug check failed)|FATAL ERROR|Assertion .* failed).*$/m

/**
 * How a violation of a trial showed. Oracles whose code says it all (a canary's name, a limit) have none; for the others it is what the host
 * said when it broke, or what came instead of what was expected.
 */
export function placeOf({ oracle, code }: OracleVerdict, { expect }: Trial, { threw, result, chamber }: Observation): string {
  switch (`${oracle} ${code}`) {
    case 'process target-threw':
      return thrownPlace(threw ?? '')
    case 'process unhandled-error':
      return thrownPlace(chamber.unhandled.find((text) => !isWarning(text)) ?? '')
    case 'process host-died': {
      const fatal = FATAL.exec(chamber.stderrTail)?.[0] ?? ''
      return withoutParticulars(`${chamber.signal ?? `exit ${chamber.exitCode}`} ${fatal}`)
    }
    case 'verdict fault':
      return withoutParticulars([result?.detail, result?.messages[0]].join(': '))
    case 'verdict outcome-not-expected':
      return `${expect.outcomes.join(' or ')}, but ${result?.outcome}`
    case 'verdict detail-not-expected':
      return withoutParticulars(`${expect.details?.join(' or ')}, but ${result?.detail}`)
    case 'verdict event-missing':
      return (expect.events ?? []).filter((type) => !result?.events.includes(type)).join(', ')
    default:
      return ''
  }
}

/** The same for what a coverage-guided target or a property threw: its message, and the innermost function with its file, never a line. */
export const placeOfFailure = ({ kind, message, stack }: Pick<Failure, 'kind' | 'message' | 'stack'>): string =>
  [kind, withoutParticulars(message), topFunction(stack)].filter((part) => part !== '').join(' | ')

const HOST_CALLS: ReadonlySet<string> = new Set(ABI.map(({ name }) => name))

/** The host call that a message is about: the first word of it that the ABI table has; undefined if there is none. */
export const hostCallIn = (text: string): string | undefined =>
  text.match(/\b[a-z]\w*\b/g)?.find((word) => word.includes('_') && HOST_CALLS.has(word))
