// Damaged modules of the corpus: the reader accepts nothing that the engine calls malformed, and sees the same imports and exports.
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { loadCorpus } from '../../src/attacks/corpus.ts'
import { mutate } from '../../src/attacks/mutate-module.ts'
import { Random } from '../../src/attacks/random.ts'
import type { Property } from '../../src/campaign/property.ts'
import { compareWithEngine } from '../../src/oracles/engine-agreement.ts'
import { checkProperty } from '../check.ts'

const CORPUS = fileURLToPath(new URL('../../corpus', import.meta.url))
const MAX_BYTES = 4096

const property: Property = {
  name: 'reader-agreement',
  threats: ['MOD-01', 'MOD-02', 'MOD-03', 'MOD-16', 'LNK-05'],
  run: async (seed, milliseconds) => {
    const { attacks } = await loadCorpus(CORPUS)
    const modules = attacks.flatMap(({ bytes, twin }) => [bytes, twin.bytes]).filter((bytes) => bytes.length <= MAX_BYTES)
    const damaged = fc
      .tuple(fc.constantFrom(...modules), fc.nat({ max: 2 ** 31 - 1 }))
      .map(([bytes, salt]) => mutate(new Random(salt), bytes).bytes)
    const holds = (bytes: Uint8Array) => compareWithEngine(bytes).problem
    return checkProperty(damaged, holds, (bytes) => Buffer.from(bytes).toString('hex'), seed, milliseconds)
  },
}
export default property
