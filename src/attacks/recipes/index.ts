// All recipes, by name.
import * as bombs from './bombs.ts'
import * as hostileNames from './hostile-names.ts'
import * as moduleBytes from './module-bytes.ts'
import { type Recipe, RecipeError } from './recipe.ts'
import * as signed from './signed.ts'

export { RecipeError } from './recipe.ts'

export const RECIPES: ReadonlyMap<string, Recipe<unknown>> = new Map(
  [...Object.values(moduleBytes), ...Object.values(bombs), ...Object.values(hostileNames), ...Object.values(signed)].map(
    (each) => [each.name, each as Recipe<unknown>],
  ),
)

/**
 * The bytes that a recipe makes of parameters from a file.
 *
 * @throws {RecipeError} if there is no such recipe or it cannot take the parameters
 */
export function cook(name: string, parameters: unknown): Uint8Array {
  const found = RECIPES.get(name)
  if (!found) throw new RecipeError(`there is no recipe "${name}"`, `use one of ${[...RECIPES.keys()].join(', ')}`)
  const parsed = found.parameters.safeParse(parameters)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    throw new RecipeError(
      `parameters of ${name}${issue.path.map((p) => `.${String(p)}`).join('')}: ${issue.message}`,
      `correct it; src/attacks/recipes declares what ${name} takes`,
    )
  }
  return found.build(parsed.data)
}
