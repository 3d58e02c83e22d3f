// The files of a run that are attested, and their digests: the reports, and what the findings are shown again with.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { RunRecord } from '../run-record.ts'

export const ATTESTATION = 'attestation.intoto.json'

/**
 * Everything in the run's own directory, and nothing in the folders below it but what the findings name. Whatever lies beside the reports would be
 * taken for one of them.
 */
export async function reportNames(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== ATTESTATION)
    .map((entry) => entry.name)
    .sort()
}

/** SHA-256 by name, of those that are there. @throws if one cannot be read */
export async function attestedFiles(directory: string, record: RunRecord): Promise<Map<string, string>> {
  const names = new Set([...(await reportNames(directory)), ...record.findings.flatMap(({ reproducer }) => reproducer)])
  const digests = new Map<string, string>()
  for (const name of names) {
    const digest = await digestOf(directory, name)
    if (digest !== null) digests.set(name, digest)
  }
  return digests
}

/**
 * SHA-256 of a file below the directory, which the name, somebody else's word, cannot leave: neither by `..` nor over a link. Null if there is no
 * such file.
 */
export async function digestOf(directory: string, name: string): Promise<string | null> {
  const parts = name.split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..' || /[\\:\0]/.test(part))) return null
  let walked = directory
  for (const [index, part] of parts.entries()) {
    walked = join(walked, part)
    const info = await lstat(walked).catch(() => null)
    if (!info || !(index === parts.length - 1 ? info.isFile() : info.isDirectory())) return null
  }
  const hash = createHash('sha256')
  await pipeline(createReadStream(walked), hash)
  return hash.digest('hex')
}
