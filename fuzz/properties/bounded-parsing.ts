// Whatever text a guest or a jail sends, as long as its cap allows, the host has read it within a time that nobody notices: every matcher on it takes
// linear time, and nothing recurses on how deep it is nested.
import fc from 'fast-check'
import type { Property, PropertyRun } from '../../src/campaign/property.ts'
import { decodeRequest } from '../../src/sandbox/broker/message.ts'
import { canonicalHost } from '../../src/sandbox/broker/net/host-names.ts'
import { readRequest, readTarget } from '../../src/sandbox/broker/net/http-rules.ts'
import { guestHtml, guestMarkdown } from '../../src/sandbox/editor/markup.ts'
import { FRAME } from '../../src/sandbox/isolation/frames.ts'
import { decodeJailFrame } from '../../src/sandbox/isolation/jail-frames.ts'
import { MANIFEST_BYTES, parseManifest } from '../../src/sandbox/policy/manifest.ts'
import { parseStrictJson } from '../../src/sandbox/policy/strict-json.ts'
import { claimText, quoteGuestText } from '../../src/sandbox/text.ts'
import { checkProperty } from '../check.ts'

/** Milliseconds for one text. Linear work takes a few. */
const LIMIT_MS = 500

const encoder = new TextEncoder()
const framed = (size: number, bytes: Uint8Array): Uint8Array => {
  const payload = new Uint8Array(4 + bytes.length)
  new DataView(payload.buffer).setUint32(0, size, true)
  payload.set(bytes, 4)
  return payload
}
const target = readTarget('https://example.org/')
if (!('origin' in target)) throw new Error('a plain URL is not read any more')

/**
 * What reads text that comes from outside, with the longest that gets there or 64 Ki, in UTF-16 code units: quadratic work on that much takes
 * seconds, and linear work on sixteen times as much a moment.
 */
const READERS: readonly { readonly name: string; readonly longest: number; readonly read: (text: string) => unknown }[] = [
  { name: 'quoted text', longest: 2 ** 16, read: (text) => quoteGuestText(text, text.length) },
  { name: 'claims in a question of consent', longest: 2 ** 16, read: (text) => claimText(text) },
  { name: 'Markdown for an editor', longest: 2 ** 16, read: (text) => guestMarkdown(text, text.length) },
  { name: 'HTML for an editor', longest: 2 ** 16, read: (text) => guestHtml(text, text.length) },
  { name: 'hosts', longest: 2 ** 16, read: (text) => canonicalHost(text) },
  { name: 'URLs', longest: 2 ** 13, read: (text) => readTarget(`https://example.org/${text}`) },
  { name: 'URLs of redirects', longest: 2 ** 16, read: (text) => readTarget(text, 'https://example.org/a/b') },
  { name: 'headers', longest: 2 ** 16, read: (text) => readRequest('GET', target, text, new Uint8Array(0)) },
  { name: 'strict JSON', longest: 2 ** 16, read: (text) => parseStrictJson(text) },
  { name: 'manifests', longest: 2 ** 16, read: (text) => parseManifest(encoder.encode(text)) },
  {
    name: 'requests to the broker',
    longest: 2 ** 16,
    read: (text) => {
      const bytes = encoder.encode(text)
      return decodeRequest(framed(bytes.length, bytes))
    },
  },
  {
    name: 'frames of a jail',
    longest: 2 ** 16,
    read: (text) => decodeJailFrame({ type: FRAME.event, payload: encoder.encode(text) }),
  },
  {
    name: 'changed paths in frames of a jail',
    longest: 2 ** 16,
    read: (text) => {
      const json = encoder.encode(JSON.stringify({ type: 'directory', path: text }))
      return decodeJailFrame({ type: FRAME.change, payload: framed(json.length, json) })
    },
  },
]

/** Repeated, they are what patterns go back over and what parsers nest. */
const PIECES = [
  ...['a', ' ', '/', '\\', '.', '-', '_', '`', '"', "'", '%', ':', '@', '#', '0', '\t', '\n', '&', '<', ','],
  ...[
    '../',
    '/./',
    '/a',
    '[',
    '{"a":',
    '[{"a":',
    '"a":1,',
    '{"a":[',
    'a.',
    'xn--',
    '%2e',
    'a: b\n',
    '  ',
    ' a',
    'aA',
    'é',
    'á',
    '\u{1f469}\u200d',
  ],
]
/** What nests, with what ends it. */
const PAIRS = [
  ['[', ']'],
  ['{"a":', '}'],
  ['[{"a":', '}]'],
] as const

interface Input {
  readonly reader: number
  /** What the text is made of, for people. */
  readonly made: string
  readonly text: string
}

/** Every reader with every piece as often as it may come, and something behind it that makes a pattern go back. */
function* plainInputs(): Generator<Input> {
  for (const [reader, { longest }] of READERS.entries()) {
    for (const piece of PIECES) {
      const times = Math.floor(longest / piece.length) - 1
      yield { reader, made: `${JSON.stringify(piece)} × ${times}, "!"`, text: `${piece.repeat(times)}!` }
    }
    for (const [open, close] of PAIRS) {
      const times = Math.floor(Math.min(longest, MANIFEST_BYTES) / (open.length + close.length)) - 1
      yield { reader, made: `${open} × ${times}, closed again`, text: `${open.repeat(times)}1${close.repeat(times)}` }
    }
  }
}

const mixed: fc.Arbitrary<Input> = fc
  .record({
    reader: fc.nat(READERS.length - 1),
    begin: fc.constantFrom('', '"', '[', '{', '/', 'http://', 'a'),
    pieces: fc.tuple(fc.constantFrom(...PIECES), fc.constantFrom(...PIECES)),
    share: fc.double({ min: 0.1, max: 0.9, noNaN: true }),
    end: fc.constantFrom('', '"', '!', '\0', ']', '}', '\u2028', '/'),
  })
  .map(({ reader, begin, pieces: [one, other], share, end }) => {
    const { longest } = READERS[reader]!
    const [first, second] = [Math.floor((longest * share) / one.length), Math.floor((longest * (1 - share)) / other.length)]
    const made = `${JSON.stringify(begin)}, ${JSON.stringify(one)} × ${first}, ${JSON.stringify(other)} × ${second}, ${JSON.stringify(end)}`
    return { reader, made, text: `${begin}${one.repeat(first)}${other.repeat(second)}`.slice(0, longest - end.length) + end }
  })

/** A machine that was busy for a moment is no finding: the best of three counts, unless the first was hopeless. */
function holds({ reader, text }: Input): string | null {
  const { name, read } = READERS[reader]!
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < 3 && best > LIMIT_MS; run++) {
    const started = performance.now()
    try {
      read(text)
    } catch (error) {
      // Refusals are answers. A stack that has ended is none: it was the nesting of the text that ended it.
      if (error instanceof RangeError) return `reading ${name} exhausts the stack with ${text.length} characters`
    }
    best = Math.min(best, performance.now() - started)
    if (best > 3 * LIMIT_MS) break
  }
  return best <= LIMIT_MS ? null : `reading ${name} takes ${Math.round(best)} ms for ${text.length} characters`
}

const show = ({ reader, made }: Input) => `${READERS[reader]!.name}: ${made}`

/** The plain ones first, beginning elsewhere for every seed, because time may not suffice for all; then mixtures. */
function run(seed: number, milliseconds: number): PropertyRun {
  const until = performance.now() + milliseconds
  const plain = [...plainInputs()]
  let executions = 0
  // A step that has no divisor in common with their number, so that it comes by each of them, and from one reader to the next.
  const step = 37
  for (let index = 0; index < plain.length && performance.now() < until; index++) {
    const input = plain[(seed + index * step) % plain.length]!
    executions++
    const message = holds(input)
    if (message !== null) return { executions, failure: { message, counterexample: show(input) } }
  }
  const left = until - performance.now()
  if (left <= 0) return { executions }
  const later = checkProperty(mixed, holds, show, seed, left)
  return { ...later, executions: executions + later.executions }
}

const property: Property = {
  name: 'bounded-parsing',
  threats: ['RES-12'],
  run: async (seed, milliseconds) => run(seed, milliseconds),
}
export default property
