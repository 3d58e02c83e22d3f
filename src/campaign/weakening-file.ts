// The weakenings of fuzz/weakenings: deliberate defects, as data, each with the attacks or properties that must notice it.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

const weakening = z.strictObject({
  id: z.string().regex(/^[\w.-]{1,80}$/, 'use letters, digits, ".", "_" and "-"'),
  title: z.string().min(1),
  /** Id of the control that is weakened. */
  control: z.string().min(1),
  /** The threats that the control no longer answers; each must be noticed. */
  threats: z.array(z.string()).min(1),
  /** Source file relative to the project, below src/. */
  file: z.string().regex(/^src\/(?!.*\.\.)[\w./-]+$/, 'name a file below src/, without ".."'),
  /** Text that must occur exactly once in the file. */
  find: z.string().min(1),
  replace: z.string(),
  /** Ids of attacks of the corpus or, for `kind: property`, names of properties. */
  witnesses: z.array(z.string()).min(1),
  kind: z.enum(['attack', 'property']).default('attack'),
  /** The target that the attacks meet. */
  target: z.enum(['jail', 'inline']).default('jail'),
})
export type Weakening = z.infer<typeof weakening>

export interface LoadedWeakenings {
  readonly weakenings: readonly Weakening[]
  /** Sentences with file and reason, for the files that cannot be used. */
  readonly unreadable: readonly string[]
}

/** Reads every .yaml file of a folder: one weakening each, or a list. A folder that is not there holds none. */
export function loadWeakenings(directory: string): LoadedWeakenings {
  const weakenings: Weakening[] = []
  const unreadable: string[] = []
  if (!existsSync(directory)) return { weakenings, unreadable }
  for (const name of readdirSync(directory).sort()) {
    if (!/\.ya?ml$/.test(name)) continue
    const bad = (why: string): void => void unreadable.push(`fuzz/weakenings/${name}: ${why}`)
    try {
      const value: unknown = parse(readFileSync(join(directory, name), 'utf8'))
      for (const [index, entry] of (Array.isArray(value) ? value : [value]).entries()) {
        const parsed = weakening.safeParse(entry)
        if (!parsed.success) {
          const issue = parsed.error.issues[0]!
          bad(`entry ${index + 1}: ${issue.path.join('.') || 'the entry'}: ${issue.message}`)
        } else if (weakenings.some((known) => known.id === parsed.data.id)) {
          bad(`entry ${index + 1}: the id ${parsed.data.id} is taken; give it another`)
        } else weakenings.push(parsed.data)
      }
    } catch (error) {
      bad(`${(error as Error).message.split('\n', 1)[0]}; mend the YAML`)
    }
  }
  return { weakenings, unreadable }
}
