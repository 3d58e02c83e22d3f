// The audit log of the command line: appended, a line for each record, and no record after one that failed.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AuditFile } from '../../src/cli/audit-file.ts'
import type { AuditRecord } from '../../src/sandbox/index.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'gauntlet-audit-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const record = (sequence: number): AuditRecord => ({
  version: 1,
  time: 1,
  sequence,
  instance: 'i',
  module: 'a'.repeat(64),
  operation: 'kv.set',
  capability: 'kv',
  object: '"k"',
  decision: 'allowed',
  errno: null,
})

describe('AuditFile', () => {
  it('has the record on the file when write has resolved, in order, behind what was there', async () => {
    const path = join(dir, 'audit.jsonl')
    writeFileSync(path, 'earlier\n')
    await using audit = await AuditFile.open(path)
    await audit.write(record(1))
    expect(readFileSync(path, 'utf8')).toBe(`earlier\n${JSON.stringify(record(1))}\n`)
    await Promise.all([2, 3, 4].map((n) => audit.write(record(n))))
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(1)
    expect(lines.map((line) => JSON.parse(line).sequence)).toEqual([1, 2, 3, 4])
  })

  it('is made for its owner only', async () => {
    const path = join(dir, 'audit.jsonl')
    await (await AuditFile.open(path))[Symbol.asyncDispose]()
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('cannot be opened where it cannot be written, and says so', async () => {
    await expect(AuditFile.open(join(dir, 'no', 'where'))).rejects.toThrow(/cannot be written \(ENOENT\)/)
    await expect(AuditFile.open(dir)).rejects.toThrow(/cannot be written \(EISDIR\)/)
  })

  // Every write to this device fails with ENOSPC.
  it.runIf(process.platform === 'linux')('fails for good once a record could not be written', async () => {
    const audit = await AuditFile.open('/dev/full')
    await expect(audit.write(record(1))).rejects.toThrow('ENOSPC')
    await expect(audit.write(record(2))).rejects.toThrow('ENOSPC')
    await audit[Symbol.asyncDispose]()
  })
})
