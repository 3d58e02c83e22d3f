// Loads threat-model/, lays overlays over it, and gives it out only if nothing in it is wrong.
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { checkParts } from './check.ts'
import { type ReadModel, readModel } from './files.ts'
import { type Problem, type Threat, type ThreatModel, ThreatModelError } from './model.ts'
import { type Parts, type Placed, switchedOff } from './parts.ts'
import { severityOf } from './severity.ts'

/** The project's own threat model, beside src/ in a checkout and beside dist/ in an installed package. */
export const THREAT_MODEL_DIR = resolve(import.meta.dirname, '..', '..', 'threat-model')

/**
 * @param dir a folder with `model.yaml`, `controls.yaml` and `threats/<GROUP>.yaml`, one for each boundary; `risks.yaml` and
 *   `frameworks/<id>.yaml` if there are any
 * @param overlays files that are laid over it, one after the other
 * @throws {ThreatModelError} naming file, line and remedy
 */
export function loadThreatModel(dir: string = THREAT_MODEL_DIR, overlays: readonly string[] = []): ThreatModel {
  const { model, problems } = readThreatModel(dir, overlays)
  if (model) return model
  throw new ThreatModelError(problems as [Problem, ...Problem[]])
}

/** The same, for who wants to hear of every problem: the model is null if there is one. */
export function readThreatModel(
  dir: string = THREAT_MODEL_DIR,
  overlays: readonly string[] = [],
): { readonly model: ThreatModel | null; readonly problems: readonly Problem[] } {
  const read = readModel(dir, overlays)
  const problems = problemsOf(read)
  return problems.length > 0 ? { model: null, problems } : { model: assemble(read), problems }
}

/** The entries with their places, for checks that go further. */
export function readParts(
  dir: string,
  overlays: readonly string[],
): { readonly parts: Parts; readonly problems: readonly Problem[] } {
  const read = readModel(dir, overlays)
  return { parts: read.parts, problems: problemsOf(read) }
}

/** With a file missing, every name that leads into it would be a problem, and none of them the cause. */
const problemsOf = ({ parts, unusable, misplaced }: ReadModel): readonly Problem[] =>
  unusable.length > 0 ? unusable : [...checkParts(parts), ...misplaced]

const values = <T>(entries: readonly Placed<T>[]): T[] => entries.map(({ value }) => value)

function assemble({ title, parts, files, overlays }: ReadModel): ThreatModel {
  const digest = createHash('sha256')
  for (const { file, sha256 } of files) digest.update(`${sha256}  ${file}\n`)
  return {
    title,
    sha256: digest.digest('hex'),
    assets: values(parts.assets),
    actors: values(parts.actors),
    zones: values(parts.zones),
    boundaries: values(parts.boundaries),
    flows: values(parts.flows),
    assumptions: values(parts.assumptions),
    residualRisks: values(parts.residualRisks),
    controls: values(parts.controls),
    threats: threatsOf(parts),
    risks: parts.risks.map(({ value, file, line }) => ({ ...value, file, line: line() })),
    frameworks: values(parts.frameworks),
    overlays,
    switchedOff: values(switchedOff(parts)),
  }
}

function threatsOf({ boundaries, threats, map }: Parts): Threat[] {
  const mapped = new Map(map.map(({ value }) => [value.threat, value.controls]))
  return boundaries.flatMap(({ value: boundary }) =>
    threats
      .filter(({ value }) => value.boundary === boundary.id)
      .map(({ value, file, line }) => {
        const { severity, ...threat } = value
        const mappedTo = mapped.get(threat.id)
        return {
          ...threat,
          severity: severityOf(severity),
          ...(mappedTo && { controls: mappedTo, mappedTo }),
          file,
          line: line(),
        }
      }),
  )
}
