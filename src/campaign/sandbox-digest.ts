// The digest of the sandbox that is attacked: of its files, as a directory, so that a report can be tied to a package.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** What is attacked, and nothing that attacks. */
const FOLDERS = ['sandbox', 'wasm']

/**
 * `dirHash` of in-toto's digest sets, which anybody can repeat in that folder:
 * `find sandbox wasm -type f | LC_ALL=C sort | xargs sha256sum | sha256sum`. Names with a line feed, which would be two lines of it, are refused.
 *
 * @param source the folder with the code that is running: src/ in a checkout, dist/ in an installed package
 * @returns undefined if a file cannot be read, as the digest would be of something else
 */
export function sandboxDigest(source: string = join(import.meta.dirname, '..')): string | undefined {
  try {
    const files = FOLDERS.flatMap((folder) => filesBelow(join(source, folder)))
    const named = files.map((file) => [relative(source, file).split(sep).join('/'), file] as const)
    if (named.some(([name]) => name.includes('\n'))) return undefined
    const total = createHash('sha256')
    for (const [name, file] of named.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
      total.update(`${createHash('sha256').update(readFileSync(file)).digest('hex')}  ${name}\n`)
    return total.digest('hex')
  } catch {
    return undefined
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
