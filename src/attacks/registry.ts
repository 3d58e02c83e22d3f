// The generators, all of them: what a campaign chooses from.
import { controlGenerators } from './generators/control.ts'
import type { Family } from './generators/families.ts'
import { featureGenerators } from './generators/features.ts'
import { fileGenerators } from './generators/files.ts'
import { floodGenerators } from './generators/floods.ts'
import type { Generator } from './generators/generator.ts'
import { hostReturnGenerators } from './generators/host-returns.ts'
import { linkGenerators } from './generators/links.ts'
import { memoryGenerators } from './generators/memory.ts'
import { messageGenerators } from './generators/messages.ts'
import { moduleBytesGenerators } from './generators/module-bytes.ts'
import { mutationGenerators } from './generators/mutation.ts'
import { networkGenerators } from './generators/network.ts'
import { resourceGenerators } from './generators/resources.ts'
import { sequenceGenerators } from './generators/sequences.ts'
import { supplyGenerators } from './generators/supply.ts'
import { textGenerators } from './generators/texts.ts'
import { valueGenerators } from './generators/values.ts'

export { FAMILIES, FAMILY_NAMES, type Family, familyNamed } from './generators/families.ts'
export type { Generator } from './generators/generator.ts'

export const GENERATORS: readonly Generator[] = [
  ...moduleBytesGenerators,
  ...featureGenerators,
  ...linkGenerators,
  ...controlGenerators,
  ...resourceGenerators,
  ...valueGenerators,
  ...floodGenerators,
  ...sequenceGenerators,
  ...textGenerators,
  ...memoryGenerators,
  ...hostReturnGenerators,
  ...fileGenerators,
  ...networkGenerators,
  ...supplyGenerators,
  ...messageGenerators,
  ...mutationGenerators,
]

export const generatorsOf = (family: Family): readonly Generator[] => GENERATORS.filter((each) => each.family === family)

/** The generator of that name. @throws if there is none */
export function findGenerator(name: string): Generator {
  const found = GENERATORS.find((each) => each.name === name)
  if (!found) throw new Error(`There is no generator "${name}"; there are ${GENERATORS.map((each) => each.name).join(', ')}.`)
  return found
}
