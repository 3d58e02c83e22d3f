// Reads the files of a threat model and of overlays. All of them are read before anybody complains, so that one call names every mistake.
import { existsSync, readdirSync } from 'node:fs'
import { basename, join as joinPath, resolve } from 'node:path'
import { type Problem, ThreatModelError } from './model.ts'
import { overlayParts, readOverlay } from './overlay.ts'
import { describedParts, join, NO_PARTS, type Parts, placed } from './parts.ts'
import {
  type Boundary,
  controlsFileSchema,
  frameworkFileSchema,
  modelFileSchema,
  risksFileSchema,
  threatsFileSchema,
} from './schema.ts'
import { readSourceFile, type SourceFile } from './source-file.ts'

export interface ReadModel {
  readonly title: string
  readonly parts: Parts
  /** Every file that was read, overlays included and last, in the order in which they were read. */
  readonly files: readonly SourceFile<unknown>[]
  readonly overlays: readonly { readonly title: string; readonly file: string; readonly sha256: string }[]
  /** Files that cannot be used, and why; they have no part in `parts`. */
  readonly unusable: readonly Problem[]
  /** Files that do not belong where they are. */
  readonly misplaced: readonly Problem[]
}

/** @param dir folder of a threat model @param overlays files to lay over it, in their order */
export function readModel(dir: string, overlays: readonly string[]): ReadModel {
  const name = basename(resolve(dir))
  const unusable: Problem[] = []
  const misplaced: Problem[] = []
  const files: SourceFile<unknown>[] = []
  /** A file, or null and its problems noted. */
  const read = <T>(work: () => SourceFile<T>): SourceFile<T> | null => {
    try {
      const file = work()
      files.push(file)
      return file
    } catch (error) {
      if (!(error instanceof ThreatModelError)) throw error
      unusable.push(...error.problems)
      return null
    }
  }
  const model = read(() => readSourceFile(joinPath(dir, 'model.yaml'), `${name}/model.yaml`, modelFileSchema))
  const boundaries = model?.data.boundaries ?? []
  let parts: Parts = { ...NO_PARTS, ...(model && describedParts(model)) }
  const controls = read(() => readSourceFile(joinPath(dir, 'controls.yaml'), `${name}/controls.yaml`, controlsFileSchema))
  if (controls) parts = { ...parts, controls: placed(controls, 'controls', controls.data.controls) }
  for (const boundary of boundaries) {
    const file = `${name}/threats/${boundary.group}.yaml`
    const group = read(() => readSourceFile(joinPath(dir, 'threats', `${boundary.group}.yaml`), file, threatsFileSchema))
    if (!group) continue
    if (group.data.boundary !== boundary.id)
      misplaced.push({ file, line: group.lineOf(['boundary']), text: wrongBoundary(boundary, group.data.boundary) })
    const threats = group.data.threats.map((threat) => ({ ...threat, boundary: boundary.id }))
    parts = { ...parts, threats: [...parts.threats, ...placed(group, 'threats', threats)] }
  }
  if (model) misplaced.push(...strayFiles(dir, name, boundaries))
  if (existsSync(joinPath(dir, 'risks.yaml'))) {
    const risks = read(() => readSourceFile(joinPath(dir, 'risks.yaml'), `${name}/risks.yaml`, risksFileSchema))
    if (risks) parts = { ...parts, risks: placed(risks, 'risks', risks.data.risks) }
  }
  for (const entry of frameworkFiles(dir)) {
    const label = `${name}/frameworks/${entry}`
    const framework = read(() => readSourceFile(joinPath(dir, 'frameworks', entry), label, frameworkFileSchema))
    if (!framework) continue
    if (`${framework.data.id}.yaml` !== entry)
      misplaced.push({
        file: label,
        line: framework.lineOf(['id']),
        text: `the framework's id is ${framework.data.id}; name the file ${framework.data.id}.yaml, or correct the id`,
      })
    const whole = { value: framework.data, file: label, line: (path: readonly PropertyKey[] = []) => framework.lineOf(path) }
    parts = { ...parts, frameworks: [...parts.frameworks, whole] }
  }
  const laid: { title: string; file: string; sha256: string }[] = []
  for (const path of overlays) {
    const overlay = read(() => readOverlay(path))
    if (!overlay) continue
    parts = join(parts, overlayParts(overlay))
    laid.push({ title: overlay.data.overlay, file: overlay.file, sha256: overlay.sha256 })
  }
  return { title: model?.data.title ?? name, parts, files, overlays: laid, unusable, misplaced }
}

const wrongBoundary = ({ group, id }: Boundary, found: string): string =>
  `the boundary of group ${group} is ${id}, not "${found}"; correct it`

const frameworkFiles = (dir: string): string[] =>
  existsSync(joinPath(dir, 'frameworks'))
    ? readdirSync(joinPath(dir, 'frameworks'))
        .filter((entry) => /\.ya?ml$/.test(entry))
        .sort()
    : []

// A file that no boundary claims would be lost without a word.
function strayFiles(dir: string, name: string, boundaries: readonly Boundary[]): Problem[] {
  if (!existsSync(joinPath(dir, 'threats'))) return []
  const groups = new Set(boundaries.map(({ group }) => `${group}.yaml`))
  return readdirSync(joinPath(dir, 'threats'))
    .filter((entry) => /\.ya?ml$/.test(entry) && !groups.has(entry))
    .map((entry) => ({
      file: `${name}/threats/${entry}`,
      line: 1,
      text: `no boundary of model.yaml has this group; add the boundary or name the file after one of ${[...groups].join(', ')}`,
    }))
}
