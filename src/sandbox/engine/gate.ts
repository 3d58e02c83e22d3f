// The engine gate: what is published about the engine that guests would run on, by its version (ENG-01, ENG-02, ENG-04, ENG-08).
import { ADVISORIES, ENDED_LINES, type EngineAdvisory, LIST_DATE, LIST_DAYS } from './advisories.ts'

export type EngineVersions = Readonly<Record<string, string | undefined>>

export interface EngineVerdict {
  /** `Node.js 24.21.0 with V8 13.6.233.17`, or what else it is. */
  readonly engine: string
  /** Sentences, one for each published defect and each reason for not knowing; empty if nothing is known against it. */
  readonly problems: readonly string[]
  /** CVEs of them. */
  readonly advisories: readonly string[]
  /** What is to be known of the list itself, one clause. */
  readonly list: string
}

const DAY = 24 * 3600e3

/**
 * @param versions as `process.versions`
 * @param now milliseconds since the epoch, for the age of the list
 */
export function judgeEngine(versions: EngineVersions = process.versions, now: number = Date.now()): EngineVerdict {
  const engine = nameOf(versions)
  const list = listNote(now)
  const version = versionOf(versions)
  // Another engine may have any defect at all, and one that says nothing of itself too: neither is what the list speaks of (ENG-04).
  if (version === null)
    return { engine, problems: [`${engine} is no Node.js that the list of advisories knows`], advisories: [], list }
  const known = ADVISORIES.filter((advisory) => isAffected(version, advisory))
  const ended = ENDED_LINES.get(version[0])
  const problems = known.map(({ id, effect }) => `${id}: ${effect}`)
  if (ended !== undefined) problems.push(`Node.js ${version[0]} has had no fixes since ${ended}`)
  return { engine, problems, advisories: known.map(({ id }) => id), list }
}

type Version = readonly [major: number, minor: number, patch: number]

/** Bun and Deno give a number of Node's too, as what they are compatible with. */
function versionOf(versions: EngineVersions): Version | null {
  const own = (name: string) => (Object.hasOwn(versions, name) ? versions[name] : undefined)
  if (own('bun') !== undefined || own('deno') !== undefined || own('v8') === undefined) return null
  const match = /^(\d{1,5})\.(\d{1,5})\.(\d{1,5})(?:[-+].*)?$/.exec(own('node') ?? '')
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : null
}

function nameOf(versions: EngineVersions): string {
  const other = ['bun', 'deno'].find((name) => Object.hasOwn(versions, name) && versions[name] !== undefined)
  if (other !== undefined) return `${other} ${versions[other]}`
  return `Node.js ${versions['node'] ?? 'of an unknown version'} with V8 ${versions['v8'] ?? 'of an unknown version'}`
}

function isAffected([major, minor, patch]: Version, { node }: EngineAdvisory): boolean {
  if (!Object.hasOwn(node, major)) return false
  const [fixedMinor, fixedPatch] = node[major]!
  return minor < fixedMinor || (minor === fixedMinor && patch < fixedPatch)
}

function listNote(now: number): string {
  const days = Math.floor((now - Date.parse(LIST_DATE)) / DAY)
  const note = `${ADVISORIES.length} advisories up to ${LIST_DATE}`
  return days > LIST_DAYS ? `${note}; the list is ${days} days old, and newer advisories are not in it` : note
}
