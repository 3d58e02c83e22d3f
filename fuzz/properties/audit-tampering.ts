// An audit log that somebody changed is never found intact, whether he has the bytes only, or can make a new chain but has not got the key.
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { readAnchor } from '../../src/sandbox/audit/anchor.ts'
import { nextLine } from '../../src/sandbox/audit/chain.ts'
import { findSegments } from '../../src/sandbox/audit/files.ts'
import { verifyingKey } from '../../src/sandbox/audit/key.ts'
import { AuditLog } from '../../src/sandbox/audit/log.ts'
import { verifySegments } from '../../src/sandbox/audit/verify.ts'
import { checkPropertyAsync } from '../check.ts'

/** What is done to the log: `forge` gives one record other contents and its own right hash, `chain anew` all records behind it too. */
const KINDS = ['nothing', 'byte', 'drop', 'double', 'swap', 'cut', 'forge', 'chain anew'] as const
interface Change {
  readonly kind: (typeof KINDS)[number]
  /** Which line, or which byte of it. */
  readonly at: number
  readonly bit: number
}
const change: fc.Arbitrary<Change> = fc.record({ kind: fc.constantFrom(...KINDS), at: fc.nat(10_000), bit: fc.nat(7) })

interface Original {
  /** The lines of all segments, with their ends. */
  readonly segments: readonly (readonly string[])[]
  readonly anchor: string
}

/** A small log of some segments, as the sandbox writes it. */
async function original(folder: string, key: KeyObject): Promise<Original> {
  const path = join(folder, 'original')
  const anchor = join(folder, 'anchor')
  const log = AuditLog.open(path, { key, anchor, segmentBytes: 4096, checkpointRecords: 5, durability: 'none' })
  for (let sequence = 1; sequence <= 15; sequence++) {
    const names = { operation: 'kv.set', capability: 'kv', object: `"key ${sequence}"`, module: '00', instance: 'one' } as const
    await log.write({ version: 1, time: sequence, sequence, ...names, decision: 'allowed', errno: null })
  }
  await log.close()
  const files = readdirSync(path).filter((name) => name.endsWith('.jsonl'))
  return { anchor, segments: files.map((name) => readFileSync(join(path, name), 'latin1').match(/[^\n]*\n/g)!) }
}

function changed({ segments }: Original, { kind, at, bit }: Change): readonly string[] {
  const sizes = segments.map((lines) => lines.length)
  const lines = segments.flat()
  const index = at % lines.length
  const line = lines[index]!
  const after = lines[index + 1]
  const put = (...instead: readonly string[]) => [...lines.slice(0, index), ...instead, ...lines.slice(index + 1)]
  switch (kind) {
    case 'nothing':
      return texts(lines, sizes)
    case 'byte': {
      const bytes = Buffer.from(line, 'latin1')
      bytes[at % bytes.length]! ^= 1 << bit
      return texts(put(bytes.toString('latin1')), sizes)
    }
    case 'drop':
      return texts(put(), sizes)
    case 'double':
      return texts(put(line, line), sizes)
    case 'swap':
      return texts(after === undefined ? put() : [...lines.slice(0, index), after, line, ...lines.slice(index + 2)], sizes)
    case 'cut':
      return texts(lines.slice(0, index), sizes)
    case 'forge':
      return texts([...lines.slice(0, index), ...chained([forged(line)]), ...lines.slice(index + 1)], sizes)
    case 'chain anew':
      return texts([...lines.slice(0, index), ...chained([forged(line), ...lines.slice(index + 1)])], sizes)
  }
}

/** The lines one behind the other, cut into segments where they were. */
function texts(lines: readonly string[], sizes: readonly number[]): readonly string[] {
  let from = 0
  return sizes
    .map((size, index) => {
      const part = lines.slice(from, index === sizes.length - 1 ? undefined : from + size)
      from += size
      return part.join('')
    })
    .filter((text) => text !== '')
}

const forged = (line: string): string => line.replace(/"time":\d+/, '"time":99')

/** Each with the number and the hash that follow from the one before, as somebody can make them who has no key. */
function chained(lines: readonly string[]): readonly string[] {
  const first = JSON.parse(lines[0]!) as { seq: number; previous: string }
  let link = { seq: first.seq - 1, hash: first.previous }
  return lines.map((line) => {
    const { seq: _, previous: __, hash: ___, ...fields } = JSON.parse(line) as Record<string, unknown>
    const next = nextLine(fields, link)
    link = next.link
    return `${next.line}\n`
  })
}

const property: Property = {
  name: 'audit-tampering',
  threats: ['OUT-11'],
  run: async (seed, milliseconds) => {
    const folder = mkdtempSync(join(tmpdir(), 'gauntlet-audit-'))
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const keys = [verifyingKey('property', publicKey)]
    try {
      const written = await original(folder, privateKey)
      const path = join(folder, 'changed')
      const holds = async (one: Change) => {
        const segments = changed(written, one)
        if (segments.length === 0) return null
        rmSync(path, { recursive: true, force: true })
        mkdirSync(path)
        for (const [index, text] of segments.entries())
          writeFileSync(join(path, `audit-0000000${index + 1}.jsonl`), text, 'latin1')
        // The anchor alone would find the rest as well; it is what a cut end is found by.
        const anchor = one.kind === 'cut' ? readAnchor(written.anchor) : null
        const { intact } = await verifySegments(findSegments([path]).segments, { keys, anchor })
        if (one.kind === 'nothing') return intact ? null : 'a log that nobody changed is said not to be intact'
        return intact && !isLastLine(written, one) ? `a log is said to be intact after this change: ${one.kind}` : null
      }
      return await checkPropertyAsync(change, holds, (value) => JSON.stringify(value), seed, milliseconds)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

/** Without its anchor nothing can be said about the very end of a log: dropped, it is a log that ended earlier. */
function isLastLine({ segments }: Original, { kind, at }: Change): boolean {
  const count = segments.flat().length
  return (kind === 'drop' || kind === 'swap') && at % count === count - 1
}
export default property
