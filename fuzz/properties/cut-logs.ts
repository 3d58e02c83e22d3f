// A log that ends before the checkpoint of its anchor, or is another one, is never written on: whoever cut it off would have the sandbox continue over it.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { readAnchor } from '../../src/sandbox/audit/anchor.ts'
import { AuditLogError } from '../../src/sandbox/audit/error.ts'
import { AuditLog } from '../../src/sandbox/audit/log.ts'
import { checkPropertyAsync } from '../check.ts'

/** What is done to the log while nobody writes it: so many of its lines are left, or another log is put in its place. */
const trial = fc.record({
  records: fc.integer({ min: 1, max: 12 }),
  /** In thousandths of its lines. */
  left: fc.oneof(fc.constant(1000), fc.integer({ min: 0, max: 1000 })),
  exchanged: fc.boolean(),
  segments: fc.boolean(),
})
type Trial = typeof trial extends fc.Arbitrary<infer T> ? T : never

const linesIn = (path: string): string[] => readFileSync(path, 'latin1').match(/[^\n]*\n/g) ?? []
const segmentsIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .map((name) => join(folder, name))

async function written(folder: string, anchor: string, records: number, segmentBytes: number): Promise<void> {
  const log = AuditLog.open(folder, { anchor, segmentBytes, checkpointRecords: 3, durability: 'none' })
  for (let sequence = 1; sequence <= records; sequence++) {
    const names = { operation: 'kv.set', capability: 'kv', object: `"key ${sequence}"`, module: '00', instance: 'one' } as const
    await log.write({ version: 1, time: sequence, sequence, ...names, decision: 'allowed', errno: null })
  }
  await log.close()
}

/** Leaves so many of all lines, and no segment that has none. */
function cut(folder: string, left: number): boolean {
  const all = segmentsIn(folder).map((path) => ({ path, lines: linesIn(path) }))
  let rest = Math.floor((all.reduce((sum, { lines }) => sum + lines.length, 0) * left) / 1000)
  let isCut = false
  for (const { path, lines } of all) {
    const kept = lines.slice(0, rest)
    rest -= kept.length
    isCut ||= kept.length < lines.length
    if (kept.length === 0) rmSync(path)
    else writeFileSync(path, kept.join(''), 'latin1')
  }
  return isCut
}

async function holds(made: Trial): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), 'gauntlet-cut-logs-'))
  try {
    return await tryIn(folder, made)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function tryIn(folder: string, { records, left, exchanged, segments }: Trial): Promise<string | null> {
  const size = segments ? 4096 : 2 ** 20
  const anchor = join(folder, 'anchor')
  const path = join(folder, 'log')
  await written(path, anchor, records, size)
  const checkpoint = readAnchor(anchor)
  if (checkpoint === null) return 'a log that was closed has left no anchor'
  if (exchanged) {
    const other = join(folder, 'other')
    await written(other, join(folder, 'other anchor'), records + 2, size)
    rmSync(path, { recursive: true })
    mkdirSync(path)
    for (const file of readdirSync(other)) copyFileSync(join(other, file), join(path, file))
  }
  // The end of a log that was closed is a checkpoint, so whatever is cut off is missing.
  const isCut = cut(path, exchanged ? 1000 : left)
  const what = exchanged ? 'another log' : isCut ? 'a log that was cut' : 'the log as it was'
  try {
    const log = AuditLog.open(path, { anchor, segmentBytes: size, durability: 'none' })
    await log.close()
    return exchanged || isCut ? `${what} is written on, against its anchor` : null
  } catch (error) {
    if (!(error instanceof AuditLogError)) return `it threw ${error}`
    return exchanged || isCut ? null : `${what} is refused: ${error.message}`
  }
}

const property: Property = {
  name: 'cut-logs',
  threats: ['OUT-11'],
  run: (seed, milliseconds) => checkPropertyAsync(trial, holds, (value) => JSON.stringify(value), seed, milliseconds),
}
export default property
