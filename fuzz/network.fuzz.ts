// Coverage-guided: bytes as hosts, addresses, and patterns with URLs, each against a reference.
import fc from 'fast-check'
import { fromBytes } from '../src/attacks/generators/choices.ts'
import type { FuzzTargetAbout } from '../src/campaign/property.ts'
import { origin } from './models/manifests.ts'
import { addressOf, addressProblem, hostProblem, originProblem } from './oracles/network.ts'

export const about: FuzzTargetAbout = {
  threats: ['NET-03', 'NET-04', 'NET-05', 'NET-07', 'NET-08', 'NET-09', 'NET-15'],
  includes: ['build/src/sandbox/broker/net/', 'build/src/sandbox/policy/net-patterns'],
  maxLength: 256,
  minimumEdges: 100,
  minimumReached: 60,
  dictionary: 'fuzz/dictionaries/network.dict',
}

/** Pieces of hosts that readers disagree about. A byte below their number is one of them, any other one stands for itself. */
const PIECES = [
  '127',
  '0x7f',
  '0177',
  '.',
  '1',
  '2130706433',
  '[',
  ']',
  '::',
  'ffff:',
  '%',
  'xn--',
  'a',
  'example',
  'org',
  '\u3002',
  '@',
  '-',
  '_',
  '00',
]
const spelt = (data: Buffer): string => [...data].map((byte) => PIECES[byte] ?? String.fromCharCode(byte)).join('')

const urlHost = fc.constantFrom(
  'example.org',
  'a.example.org',
  'b.a.example.org',
  'xexample.org',
  'example.org.',
  '10.0.0.1',
  'EXAMPLE.org',
)
const url = fc
  .tuple(fc.constantFrom('http', 'https'), urlHost, fc.constantFrom('', ':80', ':443', ':8443'))
  .map(([scheme, host, port]) => `${scheme}://${host}${port}/`)
const rule = fc.tuple(origin, url)

/** The first byte says what it is. */
export function fuzz(data: Buffer): void {
  const rest = data.subarray(1)
  const problems = [
    () => hostProblem(rest.toString('utf8')),
    () => hostProblem(spelt(rest)),
    () => addressProblem(addressOf(rest)),
    () => originProblem(...fromBytes(rule, rest)),
    () => originProblem(rest.toString('utf8').split('\n')[0] ?? '', rest.toString('utf8').split('\n')[1] ?? ''),
  ]
  const problem = problems[(data[0] ?? 0) % problems.length]!()
  if (problem !== null) throw new Error(problem)
}
