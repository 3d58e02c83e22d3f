// Audit logs for tests: a directory of its own, decisions to write, and what is in the log.
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readAnchor } from '../../../src/sandbox/audit/anchor.ts'
import { findSegments } from '../../../src/sandbox/audit/files.ts'
import { verifyingKey } from '../../../src/sandbox/audit/key.ts'
import { AuditLog, type AuditLogOptions } from '../../../src/sandbox/audit/log.ts'
import { type Verification, verifySegments } from '../../../src/sandbox/audit/verify.ts'
import type { AuditRecord } from '../../../src/sandbox/audit.ts'

/** A key for tests that do not care which. */
export const KEY = createPrivateKey(
  generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey,
)

export const decision = (sequence: number, object = '"k"'): AuditRecord => ({
  version: 1,
  time: 1_700_000_000_000 + sequence,
  sequence,
  instance: 'one',
  module: 'a'.repeat(64),
  operation: 'kv.set',
  capability: 'kv',
  object,
  decision: 'allowed',
  errno: null,
})

/** A directory that is removed when it goes out of scope. */
export function scratchDirectory(): { readonly path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'gauntlet-audit-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** A log with these many decisions, closed. */
export async function logWith(directory: string, decisions: number, options: AuditLogOptions = {}): Promise<void> {
  const log = AuditLog.open(directory, { key: KEY, ...options })
  for (let i = 1; i <= decisions; i++) await log.write(decision(i))
  await log.close()
}

/** With the key, and with the anchor in the directory or another one. */
export function check(directory: string, anchor: string | null = join(directory, 'audit.anchor')): Promise<Verification> {
  const { segments } = findSegments([directory])
  return verifySegments(segments, { keys: [verifyingKey('test', KEY)], anchor: anchor === null ? null : readAnchor(anchor) })
}

export const segmentFiles = (directory: string): readonly string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => join(directory, name))

/** Every line of the log, parsed. */
export const linesIn = (directory: string): readonly Record<string, unknown>[] =>
  segmentFiles(directory).flatMap((path) =>
    readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>),
  )

export const decisionsIn = (directory: string): readonly unknown[] =>
  linesIn(directory)
    .filter(({ type }) => type === 'decision')
    .map(({ sequence }) => sequence)
