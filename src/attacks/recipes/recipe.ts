// A recipe: parameters in, module bytes out; always the same bytes for the same parameters.
import { z } from 'zod'

export interface Recipe<P> {
  readonly name: string
  readonly parameters: z.ZodType<P>
  readonly build: (parameters: P) => Uint8Array
}

/** What a corpus file asked of a recipe cannot be made. `remedy` completes the sentence. */
export class RecipeError extends Error {
  override readonly name = 'RecipeError'
  readonly remedy: string

  constructor(message: string, remedy: string) {
    super(message)
    this.remedy = remedy
  }
}

/** Ties a builder to the parameters that it takes. Sizes are bounded here: a typing error must not make a gigabyte of module. */
export function recipe<S extends z.ZodRawShape>(
  name: string,
  shape: S,
  build: (parameters: z.infer<z.ZodObject<S>>) => Uint8Array,
) {
  return { name, parameters: z.strictObject(shape), build } as unknown as Recipe<z.infer<z.ZodObject<S>>>
}

/** A whole number from 0 to `max`. */
export const upTo = (max: number) => z.number().int().min(0).max(max)
