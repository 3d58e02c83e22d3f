// The literals that `npm run build:fuzz` harvested from the host; none where it was not built, and then programs have those of their own lists only.
import { existsSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { z } from 'zod'
import { type LiteralPool, NO_LITERALS, poolOf } from '../src/attacks/executor/pool.ts'

const above = resolve(import.meta.dirname, '..')
const BUILD = basename(above) === 'build' ? above : join(above, 'build')
const FILE = join(BUILD, 'fuzz', 'literals.json')
const schema = z.strictObject({ texts: z.array(z.string()), numbers: z.array(z.string().regex(/^\d{1,20}$/)) })

function read(): LiteralPool {
  if (!existsSync(FILE)) return NO_LITERALS
  const { texts, numbers } = schema.parse(JSON.parse(readFileSync(FILE, 'utf8')))
  return poolOf(texts, numbers)
}

export const LITERALS = read()

/** The same for the coverage-guided engine, from the project's folder; undefined where there is none. */
export const DICTIONARY: string | undefined = existsSync(join(BUILD, 'fuzz', 'literals.dict'))
  ? 'build/fuzz/literals.dict'
  : undefined
