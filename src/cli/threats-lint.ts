// `gauntlet threats lint`: every problem of the threat model and of overlays, one line each, as compilers write them.
import { existsSync, statSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { readTree } from '../campaign/tree-evidence.ts'
import { visible, visibleJson } from '../reports/visible.ts'
import { readParts } from '../threats/index.ts'
import { lintParts } from '../threats/lint.ts'
import type { Problem } from '../threats/model.ts'
import { inputError } from './cli-error.ts'
import { EXIT } from './exit-codes.ts'
import { MODEL_DIR } from './overlay-option.ts'
import { PROJECT_DIR } from './project.ts'
import { type Output, write, writeLine } from './terminal.ts'

/**
 * @param files overlays; or files of the model, whose problems alone are then told
 * @returns 1 if there is a problem
 */
export async function lintThreats(files: readonly string[], options: { readonly json?: true }, output: Output): Promise<number> {
  for (const file of files)
    if (!existsSync(file) || !statSync(file).isFile())
      throw inputError(`${file} is no file that can be read; name an overlay, or a file of threat-model/.`)
  const own = files.filter(isOfModel)
  const overlays = files.filter((file) => !isOfModel(file))
  const problems = await problemsOf(overlays)
  const told =
    own.length === 0 ? problems : problems.filter(({ file }) => overlays.length > 0 || own.some((path) => isAbout(path, file)))
  if (options.json) await write(output, visibleJson(told))
  else {
    for (const { file, line, text } of told) await writeLine(output, visible(`${file}:${line}: ${text}`, { limit: 2_000 }))
    await writeLine(output, told.length === 0 ? 'No problem.' : `${told.length} ${told.length === 1 ? 'problem' : 'problems'}.`)
  }
  return told.length === 0 ? EXIT.ok : EXIT.violation
}

async function problemsOf(overlays: readonly string[]): Promise<readonly Problem[]> {
  const { parts, problems } = readParts(MODEL_DIR, overlays)
  // What names something that is missing is no gap, and gaps of a model that cannot be read are not known.
  if (problems.length > 0) return problems
  const { items, unreadable } = await readTree(PROJECT_DIR)
  const sources = existsSync(join(PROJECT_DIR, 'src')) ? (path: string) => existsSync(join(PROJECT_DIR, path)) : null
  const lint = lintParts({ parts, named: items, day: new Date().toISOString().slice(0, 10), exists: sources })
  return [...lint, ...unreadable.map(placeOf)]
}

/** Sentences of other loaders begin with the place, as far as they know it. */
function placeOf(sentence: string): Problem {
  const [, file = 'corpus', line = '1', text = sentence] = /^([\w./-]+?):(?:(\d+):)? (.*)$/s.exec(sentence) ?? []
  return { file, line: Number(line), text }
}

const isOfModel = (file: string): boolean => !relative(MODEL_DIR, resolve(file)).startsWith('..')
const isAbout = (path: string, file: string): boolean => relative(PROJECT_DIR, resolve(path)).split(sep).join('/') === file
