// The generators, all of them: what a campaign chooses from.
import { controlGenerators } from './generators/control.ts'
import { featureGenerators } from './generators/features.ts'
import type { Generator } from './generators/generator.ts'
import { linkGenerators } from './generators/links.ts'
import { moduleBytesGenerators } from './generators/module-bytes.ts'
import { mutationGenerators } from './generators/mutation.ts'
import { resourceGenerators } from './generators/resources.ts'
import { valueGenerators } from './generators/values.ts'

export { FAMILIES, type Family, type Generator } from './generators/generator.ts'

export const GENERATORS: readonly Generator[] = [
  ...moduleBytesGenerators,
  ...featureGenerators,
  ...linkGenerators,
  ...controlGenerators,
  ...resourceGenerators,
  ...valueGenerators,
  ...mutationGenerators,
]

/** The generator of that name. @throws if there is none */
export function findGenerator(name: string): Generator {
  const found = GENERATORS.find((each) => each.name === name)
  if (!found) throw new Error(`There is no generator "${name}"; there are ${GENERATORS.map((each) => each.name).join(', ')}.`)
  return found
}
