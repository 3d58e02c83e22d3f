// Recipes of signed modules, and of what is made of them afterwards (SUP-04, SUP-05). The signing is written here once more, so that the corpus
// does not trust the code that it attacks.
import { createHash, createPrivateKey, sign } from 'node:crypto'
import { z } from 'zod'
import { body, bytes, concat, customSection, instruction, MODULE_HEADER, section, u32, vec } from '../../wasm/writer.ts'
import { recipe, upTo } from './recipe.ts'
import { exportRun, functionsOfType0, SECTIONS, YIELD } from './skeleton.ts'

/** RFC 8410: an Ed25519 private key of 32 bytes behind these. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')
/** The secret key whose 32 bytes are all this number; nothing is safe that such a key protects. */
const keyOf = (seed: number) =>
  createPrivateKey({ key: Buffer.concat([PKCS8, Buffer.alloc(32, seed)]), format: 'der', type: 'pkcs8' })

const CHANGES = [
  /** As it was signed. */
  'none',
  /** Another constant in the code. */
  'code',
  /** The code stands behind the last signed delimiter: a partial signature. */
  'code-behind-the-signed-part',
  /** A signature section, which is signed itself, at the end. */
  'second-signature-section',
  /** A custom section at the end, which nobody signed. */
  'section-appended',
  /** The signatures are said to be of another algorithm, number 2. */
  'another-algorithm',
  /** No signatures. */
  'stripped',
] as const

/** `run` gives 42. `signers`: seeds of the keys that sign it. */
export const signed = recipe(
  'signed',
  { signers: z.array(upTo(255)).max(64), change: z.enum(CHANGES).default('none') },
  ({ signers, change }) => {
    const types = section(SECTIONS.type, vec([YIELD]))
    const code = (value: number) => section(SECTIONS.code, vec([body(bytes(instruction.i32Const(value), instruction.end))]))
    const front = bytes(types, functionsOfType0(1), exportRun(0))
    const delimiter = customSection('signature_delimiter', new Uint8Array(16).fill(7))
    const behind = change === 'second-signature-section' ? customSection('signature', [1, 2, 3]) : []
    const appended = change === 'section-appended' ? customSection('notes', [1, 2, 3]) : []
    const partial = change === 'code-behind-the-signed-part'
    const content = partial ? bytes(front, delimiter) : bytes(front, code(42), behind)
    const signatures = customSection('signature', signatureData(content, signers, change === 'another-algorithm' ? 2 : 1))
    if (change === 'stripped') return bytes(MODULE_HEADER, content)
    if (change === 'code') return bytes(MODULE_HEADER, signatures, front, code(41), behind)
    return bytes(MODULE_HEADER, signatures, content, partial ? code(41) : [], appended)
  },
)

/** WebAssembly tool-conventions, Signatures.md, with the lengths of wasmsign2. */
function signatureData(content: Uint8Array, signers: readonly number[], algorithm: number): Uint8Array {
  const withLength = (part: Uint8Array) => bytes(u32(part.length), part)
  const hash = createHash('sha256').update(content).digest()
  const message = Buffer.concat([Buffer.from('wasmsig'), Buffer.of(1, 1, 1), hash])
  const entries = signers.map((seed) => withLength(bytes(0, algorithm, withLength(sign(null, message, keyOf(seed))))))
  const set = bytes(1, hash, u32(signers.length), concat(entries))
  return bytes(1, 1, 1, 1, withLength(set))
}
