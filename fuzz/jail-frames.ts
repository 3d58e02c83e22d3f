// Frames of a jail out of bytes: what a jail of ours sends, the same with something wrong, and what is no frame. With them, what the host must not do.
import { Source } from '../src/attacks/executor/source.ts'
import { ABI } from '../src/sandbox/host/abi/index.ts'
import { LOG_LEVELS, METRIC_KINDS, RESULT_STATUSES } from '../src/sandbox/host/abi/native.ts'
import { encodeFrame, FRAME, type Frame, FrameReader, type FrameType, ProtocolError } from '../src/sandbox/isolation/frames.ts'
import { decodeJailFrame, type JailFrame, MAX_JAIL_PAYLOAD } from '../src/sandbox/isolation/jail-frames.ts'
import { Received, type ReceivedLimits } from '../src/sandbox/isolation/received.ts'
import { toWire } from '../src/sandbox/isolation/wire.ts'

const MAX_FRAMES = 16
const LIMITS: ReceivedLimits = { reports: 4, reportBytes: 200, inodes: 4, fileBytes: 64 }

const TEXTS = ['', 'text', '__proto__', '\u202e', 'x'.repeat(81), 'x'.repeat(2001), 'x'.repeat(70_000)]
const PATHS = [
  '/a',
  '/a/b',
  '/',
  'a',
  '/../a',
  '/a/../b',
  '/a//b',
  '/a/',
  '/.',
  '/...',
  '/a\0b',
  '/__proto__',
  `/${'n'.repeat(70_000)}`,
]
const NUMBERS = [0, 1, -1, 0.5, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 1e308]
const VALUES = [1.5, -0, Number.NaN, Number.POSITIVE_INFINITY, 5e-324, -1n, 2n ** 63n - 1n]
const KINDS = ['uncaught-exception', 'output-limit', 'host-call-limit', 'stopped', 'out-of-memory']

/** Something of each kind that a jail says; the rest of the choices are the source's. */
type Said = (source: Source) => { readonly type: FrameType; readonly value: unknown; readonly rest?: Uint8Array }

const event =
  (fields: (source: Source) => object): Said =>
  (source) => ({
    type: FRAME.event,
    value: {
      severity: source.early(['info', 'warning', 'high', 'fatal']),
      message: source.early(TEXTS.slice(1)),
      ...fields(source),
    },
  })
const report =
  (fields: (source: Source) => object): Said =>
  (source) => ({ type: FRAME.report, value: fields(source) })
const INDICES = [0, 1, ABI.length - 1, ABI.length, -1, 0.5]
const counts = (source: Source) => ({
  calls: Array.from({ length: source.u8() % 3 }, () => [source.early(INDICES), ...[1, 2, 3].map(() => source.early(NUMBERS))]),
  handles: { open: source.early(NUMBERS), peak: source.early(NUMBERS) },
  fuel: source.early(NUMBERS),
  refusedGrows: source.early(NUMBERS),
})
const ending =
  (made: (source: Source) => object): Said =>
  (source) => ({
    type: FRAME.ending,
    value: {
      ending: made(source),
      memoryBytes: source.early(NUMBERS),
      hostCalls: source.early(NUMBERS),
      counts: source.early([null, counts(source)]),
    },
  })
const change =
  (made: (source: Source) => object): Said =>
  (source) => ({ type: FRAME.change, value: made(source), rest: new Uint8Array(0) })

/** Every form of every frame. A test compares the kinds with those that the decoder knows. */
export const SAID: Readonly<Record<string, Said>> = {
  ready: (source) => ({ type: FRAME.ready, value: { node: source.early(TEXTS) } }),
  usage: (source) => ({ type: FRAME.usage, value: { cpuMicros: source.early(NUMBERS), residentBytes: source.early(NUMBERS) } }),
  'cell-ready': () => ({ type: FRAME.cellReady, value: {} }),
  'cell-gone': () => ({ type: FRAME.cellGone, value: {} }),
  'cell-failed': (source) => ({ type: FRAME.cellFailed, value: { code: source.early(TEXTS) } }),
  'ending returned': ending((source) => ({
    kind: 'returned',
    values: Array.from({ length: source.early([0, 1, 2, 1000, 1001]) }, () => toWire(source.pick(VALUES))),
  })),
  'ending exited': ending((source) => ({ kind: 'exited', code: source.early(NUMBERS) })),
  'ending trapped': ending((source) => ({ kind: 'trapped', trap: source.early(['unreachable', 'stack-overflow', 'none']) })),
  'ending by itself': ending((source) => ({ kind: source.pick(KINDS) })),
  'ending fault': ending((source) => ({ kind: source.early(['fault', 'engine-refused']), detail: source.early(TEXTS) })),
  'event suspicious-behaviour': event((source) => ({ type: 'suspicious-behaviour', what: source.early(TEXTS) })),
  'event syscall-blocked': event((source) => ({
    type: 'syscall-blocked',
    hostCall: source.early(TEXTS),
    capability: source.early([null, 'net', 1]),
  })),
  'event syscall-logged': event((source) => ({
    type: 'syscall-logged',
    hostCall: source.early(TEXTS),
    errno: source.early(TEXTS),
  })),
  'event file-access': event((source) => ({
    type: 'file-access',
    hostCall: 'path_open',
    allowed: source.early([false, true, 0]),
    object: source.early([null, ...TEXTS]),
  })),
  'event quota-exceeded': event((source) => ({
    type: 'quota-exceeded',
    quota: source.early(TEXTS),
    limit: source.early(NUMBERS),
  })),
  // The broker's own: no jail says what the host decided.
  'event network-access': event(() => ({ type: 'network-access', hostCall: 'tcp_connect', allowed: true, object: null })),
  'event audit-failed': event(() => ({ type: 'audit-failed' })),
  'report log': report((source) => ({ type: 'log', level: source.early([...LOG_LEVELS, 'loud']), message: source.early(TEXTS) })),
  'report metric': report((source) => ({
    type: 'metric',
    kind: source.early([...METRIC_KINDS, 'x']),
    name: source.early(TEXTS),
    value: source.early(NUMBERS),
    unit: source.early(TEXTS),
  })),
  'report result': report((source) => ({
    type: 'result',
    status: source.early([...RESULT_STATUSES, 'x']),
    value: source.early([null, ...NUMBERS]),
    unit: source.early(TEXTS),
    message: source.early(TEXTS),
  })),
  'report timing': report((source) => ({ type: 'timing', name: source.early(TEXTS), nanoseconds: source.early(NUMBERS) })),
  'change file': (source) => ({
    type: FRAME.change,
    value: { type: 'file', path: source.early(PATHS), more: source.early([false, true, 'no']) },
    rest: source.take(source.u8() % 48),
  }),
  'change directory': change((source) => ({ type: source.early(['directory', 'removed', 'device']), path: source.early(PATHS) })),
  'change symlink': change((source) => ({ type: 'symlink', path: source.early(PATHS), target: source.early(TEXTS) })),
}

/** The frames that some bytes stand for. */
export function decodeJailFrames(input: Uint8Array): Frame[] {
  const source = new Source(input)
  const frames: Frame[] = []
  const kinds = Object.values(SAID)
  while (!source.empty && frames.length < MAX_FRAMES) frames.push(frameOf(source, source.pick(kinds)))
  return frames
}

function frameOf(source: Source, said: Said): Frame {
  const selector = source.u8()
  const { type, value, rest } = said(source)
  if (selector >= 240) return { type: source.u8(), payload: source.take(source.u8()) }
  const json = selector < 176 ? JSON.stringify(value) : spoilt(source, value)
  return { type, payload: rest ? parts(Buffer.from(json), rest, selector) : Buffer.from(json) }
}

/** Length of the first part, then both; now and then not the length. */
function parts(json: Uint8Array, rest: Uint8Array, selector: number): Uint8Array {
  const size = Buffer.alloc(4)
  size.writeUInt32LE(selector % 16 === 15 ? 2 ** 32 - 1 : json.length)
  return Buffer.concat([size, json, rest])
}

const OTHER = ['null', '[]', '"x"', '-1', '{}', '{"__proto__":{"path":"/a"}}', '['.repeat(5000)]

/** The JSON with one thing wrong. */
function spoilt(source: Source, value: unknown): string {
  const entries = Object.entries(value as object).map(([key, each]) => `${JSON.stringify(key)}:${JSON.stringify(each)}`)
  const at = source.u8() % Math.max(1, entries.length)
  const whole = (list: readonly string[]) => `{${list.join(',')}}`
  switch (source.u8() % 6) {
    case 0:
      return whole(entries.toSpliced(at, 1))
    case 1:
      return whole([...entries, `"more":${source.pick(OTHER)}`])
    case 2:
      return whole([...entries, '"__proto__":{"kind":"returned","type":"file"}'])
    case 3:
      return whole(entries.toSpliced(at, 1, `"${Object.keys(value as object)[at] ?? 'x'}":${source.pick(OTHER)}`))
    case 4:
      return source.pick(OTHER)
    default:
      return whole(entries).slice(0, source.u8())
  }
}

/**
 * The host's side of a jail's standard output: frames out of a stream that comes in pieces, decoded, and what is for the embedder kept.
 *
 * @returns what is wrong, in one sentence, or null
 */
export function hearJail(frames: readonly Frame[], cut: number): string | null {
  const stream = Buffer.concat(frames.map(({ type, payload }) => encodeFrame(type as FrameType, payload)))
  const reader = new FrameReader(MAX_JAIL_PAYLOAD)
  const received = new Received(LIMITS)
  let heard = 0
  for (let at = 0; at < stream.length; at += cut) {
    try {
      for (const frame of reader.push(stream.subarray(at, at + cut))) {
        if (Buffer.compare(frame.payload, frames[heard]!.payload) !== 0) return `frame ${heard} is not the one that was sent`
        heard++
        // As the host does: after the first frame that is not to be believed, nothing is.
        const message = decodeJailFrame(frame)
        const problem = problemOf(message, frame)
        if (problem !== null) return problem
        if ((message.kind === 'report' || message.kind === 'change') && !received.add(message)) return kept(received)
      }
    } catch (error) {
      if (error instanceof ProtocolError) return kept(received)
      return `the host failed with ${error instanceof Error ? error.name : String(error)} on what a jail sent`
    }
  }
  return heard === frames.length ? kept(received) : `${frames.length} frames were sent, and ${heard} arrived`
}

/** Names that a host may use as a path of its own, and what else of a message has to be what it says. */
function problemOf(message: JailFrame, { payload }: Frame): string | null {
  if (message.kind === 'output') return Buffer.compare(message.bytes, payload) === 0 ? null : 'output is not what was sent'
  if (message.kind === 'change') {
    const names = message.change.path.split('/')
    const plain =
      names[0] === '' &&
      names.length > 1 &&
      names.slice(1).every((name) => !['', '.', '..'].includes(name) && !name.includes('\0'))
    return plain ? null : `a change has the path ${JSON.stringify(message.change.path)}`
  }
  if (message.kind === 'event' && ['network-access', 'access-refused', 'audit-failed'].includes(message.event.type))
    return `a jail told of ${message.event.type}, which only its host decides`
  if (
    message.kind === 'ending' &&
    message.counts?.calls.some(([index], at, { [at - 1]: before }) => !ABI[index] || index <= (before?.[0] ?? -1))
  )
    return 'a jail counted a host call that there is not, or one twice'
  const inherited = Object.values(message).some((part) => part !== null && typeof part === 'object' && isOdd(part))
  return inherited ? 'a message has a prototype that came with it' : null
}

const isOdd = (value: object) =>
  ![Object.prototype, Array.prototype, Uint8Array.prototype, Buffer.prototype, null].includes(Object.getPrototypeOf(value))

/** What is kept for the embedder is within the quotas, or one over: that is what the host saw last. */
function kept(received: Received): string | null {
  const { reports, changes } = received.take()
  if (reports.length > LIMITS.reports + 1) return `${reports.length} reports were kept`
  if (changes.length > 2 * LIMITS.inodes) return `${changes.length} changes were kept`
  const bytes = changes.reduce((sum, each) => sum + (each.type === 'file' ? each.bytes.length : 0), 0)
  return bytes > LIMITS.fileBytes ? `${bytes} bytes of files were kept` : null
}
