// Lines of an audit log that somebody wrote or changed who has no key: what the reader accepts, every other reader sees too, and no change goes unseen.
import { BEGINNING, follow, type Link, linkOf, nextLine } from '../../src/sandbox/audit/chain.ts'
import { canonical, hashOf, LineError, lineOf, parseLine } from '../../src/sandbox/audit/line.ts'

const entry = (time: number) => ({ type: 'decision', time, operation: 'kv.set', object: '"a key"', decision: 'allowed' })
export const LOG: readonly Buffer[] = (() => {
  let link: Link = BEGINNING
  return [1, 2, 3].map((time) => {
    const next = nextLine(entry(time), link)
    link = next.link
    return Buffer.from(next.line, 'latin1')
  })
})()

/** @returns what is wrong with a line that is accepted, in one sentence, or null */
export function lineProblem(bytes: Buffer): string | null {
  let line: ReturnType<typeof parseLine>
  try {
    line = parseLine(bytes)
  } catch (error) {
    if (error instanceof LineError) return null
    throw error
  }
  const text = bytes.toString('latin1')
  if (/[^ -~]/.test(text)) return 'a line is accepted with bytes beyond printable ASCII'
  const { hash, ...fields } = JSON.parse(text) as { hash: string }
  if (canonical(fields) !== line.body || hashOf(line.body) !== hash) return 'another reader sees another record'
  return Object.getPrototypeOf(line.value) === null ? null : 'a record has a prototype'
}

/** Whoever has no key can still write right hashes: the reader must take the text apart the same way whatever stands in it. */
export const forged = (body: string): Buffer => Buffer.from(lineOf(body, hashOf(body)), 'latin1')

/** Pieces that readers of JSON disagree about, or that say another thing. */
const PIECES = [' ', '"seq":2,', '"time":9,', ',"x":1', '\\u0041', '1e0', '0', '-', '"__proto__":{},', '\t', 'A']

/** The text of a line with some pieces put in or taken out. */
export function edited(line: Buffer, edits: Buffer): string {
  let body = parseLine(line).body
  for (let at = 0; at + 2 < edits.length && at < 9; at += 3) {
    const place = edits[at]! % body.length
    body = body.slice(0, place) + PIECES[edits[at + 1]! % PIECES.length]! + body.slice(place + (edits[at + 2]! % 4))
  }
  return body
}

/** A log of which one line was changed is never followed to its end, whether or not the line has its own right hash. */
export function changedProblem(which: number, change: (line: Buffer) => Buffer): string | null {
  let link: Link = BEGINNING
  let differs = false
  for (const [index, whole] of LOG.entries()) {
    const line = index === which ? change(whole) : whole
    differs ||= !line.equals(whole)
    try {
      link = linkOf(follow(line, link))
    } catch (error) {
      if (error instanceof LineError) return differs ? null : `line ${index + 1} is refused unchanged`
      throw error
    }
  }
  return differs ? 'a log with a changed line is followed to its end' : null
}
