// Harvests the literals of the host under attack from its compiled sources, for programs of host calls and as a dictionary of the coverage-guided engine.
// Part of `npm run build:fuzz`: parsing takes longer than a fuzzer's start may.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseAst } from 'vitest/node'

/** What of the host looks at what a guest passes: the boundary in the guest's thread, and the services behind it. */
const FOLDERS = ['host', 'broker']
/** Longer ones are sentences for people, which nothing is compared with. */
const MAX_TEXT = 40
/** Longest entry of a dictionary that the engine takes is 64 bytes. */
const MAX_ENTRY = 64

interface Harvest {
  readonly texts: Set<string>
  readonly numbers: Set<string>
}

/** Walks any tree of an ESTree program. A list instead of recursion, because generated code can nest deeply. */
function collect(program: unknown, { texts, numbers }: Harvest): void {
  const open: unknown[] = [program]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (typeof node !== 'object' || node === null) continue
    const { type, value } = node as { type?: unknown; value?: unknown }
    if (type === 'ImportDeclaration') continue
    if (type === 'Literal') add(value, texts, numbers)
    if (type === 'TemplateElement') add((value as { cooked?: unknown }).cooked, texts, numbers)
    for (const child of Object.values(node)) if (typeof child === 'object') open.push(child)
  }
}

function add(value: unknown, texts: Set<string>, numbers: Set<string>): void {
  if (typeof value === 'string') {
    // A sentence has spaces; a name, a method, a header or a path has none.
    if (value.length > 0 && value.length <= MAX_TEXT && !value.includes(' ') && value.isWellFormed()) texts.add(value)
  } else if (typeof value === 'bigint') numbers.add(String(BigInt.asUintN(64, value)))
  else if (typeof value === 'number' && Number.isSafeInteger(value)) numbers.add(String(BigInt.asUintN(64, BigInt(value))))
}

const javaScriptIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js'))
    .map((file) => join(folder, file))

/** An entry of a libFuzzer dictionary: bytes in quotes, what is not plain as `\xNN`. */
const entry = (bytes: Uint8Array): string =>
  `"${Array.from(bytes, (byte) => (byte > 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`)).join('')}"`

function dictionary({ texts, numbers }: Harvest): string {
  const words = [...texts].map((text) => Buffer.from(text)).filter(({ length }) => length > 1 && length <= MAX_ENTRY)
  const fields = [...numbers].map((digits) => {
    const number = BigInt(digits)
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(number)
    return number < 2n ** 32n ? bytes.subarray(0, 4) : bytes
  })
  return `${[...new Set([...words, ...fields].map(entry))].join('\n')}\n`
}

/** @param build the compiled sources */
export function harvest(build: string): Harvest {
  const found: Harvest = { texts: new Set(), numbers: new Set() }
  for (const folder of FOLDERS)
    for (const file of javaScriptIn(join(build, 'src', 'sandbox', folder))) collect(parseAst(readFileSync(file, 'utf8')), found)
  return found
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) {
  const build = resolve(import.meta.dirname, '..', 'build')
  const found = harvest(build)
  mkdirSync(join(build, 'fuzz'), { recursive: true })
  const sorted = { texts: [...found.texts].sort(), numbers: [...found.numbers].sort() }
  writeFileSync(join(build, 'fuzz', 'literals.json'), `${JSON.stringify(sorted, null, 2)}\n`)
  writeFileSync(join(build, 'fuzz', 'literals.dict'), dictionary(found))
}
