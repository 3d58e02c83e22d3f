// Loads threat-model/ and checks what no schema can: that ids are unique and that everything that is named exists.
import { readdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { type Problem, type Threat, type ThreatModel, ThreatModelError } from './model.ts'
import { type Boundary, controlsFileSchema, modelFileSchema, threatsFileSchema } from './schema.ts'
import { readSourceFile, type SourceFile } from './source-file.ts'

/** The project's own threat model, beside src/ in a checkout and beside dist/ in an installed package. */
export const THREAT_MODEL_DIR = resolve(import.meta.dirname, '..', '..', 'threat-model')

type ThreatsFile = SourceFile<{ boundary: string; threats: Omit<Threat, 'boundary' | 'file' | 'line'>[] }>

/**
 * @param dir a folder with `model.yaml`, `controls.yaml` and `threats/<GROUP>.yaml`, one for each boundary
 * @throws {ThreatModelError} naming file, line and remedy
 */
export function loadThreatModel(dir: string = THREAT_MODEL_DIR): ThreatModel {
  const name = basename(resolve(dir))
  const model = readSourceFile(join(dir, 'model.yaml'), `${name}/model.yaml`, modelFileSchema)
  const controls = readSourceFile(join(dir, 'controls.yaml'), `${name}/controls.yaml`, controlsFileSchema)
  const files: ThreatsFile[] = model.data.boundaries.map(({ group }) =>
    readSourceFile(join(dir, 'threats', `${group}.yaml`), `${name}/threats/${group}.yaml`, threatsFileSchema),
  )
  const problems = [
    ...strayFiles(dir, name, model.data.boundaries),
    ...repeated(model, ['assets']),
    ...repeated(model, ['actors', 'zones']), // `between` names either, so they share their names
    ...repeated(model, ['boundaries']),
    ...repeated(controls, ['controls']),
    ...danglingSides(model),
    ...files.flatMap((file, index) =>
      checkThreats(file, model.data.boundaries[index]!, new Set(controls.data.controls.map(({ id }) => id))),
    ),
  ]
  const [first, ...others] = problems
  if (first) throw new ThreatModelError([first, ...others])
  return { ...model.data, ...controls.data, threats: files.flatMap(placed) }
}

function placed({ file, data, lineOf }: ThreatsFile): Threat[] {
  return data.threats.map((threat, index) => ({ ...threat, boundary: data.boundary, file, line: lineOf(['threats', index]) }))
}

// A file that no boundary claims would be lost without a word.
function strayFiles(dir: string, name: string, boundaries: readonly Boundary[]): Problem[] {
  const groups = new Set(boundaries.map(({ group }) => `${group}.yaml`))
  return readdirSync(join(dir, 'threats'))
    .filter((entry) => /\.ya?ml$/.test(entry) && !groups.has(entry))
    .map((entry) => ({
      file: `${name}/threats/${entry}`,
      line: 1,
      text: `no boundary of model.yaml has this group; add the boundary or name the file after one of ${[...groups].join(', ')}`,
    }))
}

function repeated<K extends string>(file: SourceFile<Record<K, readonly { id: string }[]>>, lists: readonly K[]): Problem[] {
  const seen = new Map<string, number>()
  const problems: Problem[] = []
  for (const list of lists) {
    for (const [index, { id }] of file.data[list].entries()) {
      const line = file.lineOf([list, index])
      const before = seen.get(id)
      if (before === undefined) seen.set(id, line)
      else problems.push({ file: file.file, line, text: `the id "${id}" is used already on line ${before}; choose another` })
    }
  }
  return problems
}

function danglingSides({
  file,
  data,
  lineOf,
}: SourceFile<Pick<ThreatModel, 'assets' | 'actors' | 'zones' | 'boundaries'>>): Problem[] {
  const sides = new Set([...data.actors, ...data.zones].map(({ id }) => id))
  const assets = new Set(data.assets.map(({ id }) => id))
  return data.boundaries.flatMap(({ id, between, assets: exposed }, index) =>
    [
      ...between
        .filter((side) => !sides.has(side))
        .map((side) => ({ side, path: ['boundaries', index, 'between'], what: 'an actor or zone' })),
      ...exposed
        .filter((asset) => !assets.has(asset))
        .map((side) => ({ side, path: ['boundaries', index, 'assets'], what: 'an asset' })),
    ].map(({ side, path, what }) => ({
      file,
      line: lineOf(path),
      text: `boundary ${id} names "${side}", which is not ${what}; correct it or add it`,
    })),
  )
}

function checkThreats({ file, data, lineOf }: ThreatsFile, boundary: Boundary, controls: ReadonlySet<string>): Problem[] {
  const problems: Problem[] = []
  const report = (path: readonly PropertyKey[], text: string) => problems.push({ file, line: lineOf(path), text })
  if (data.boundary !== boundary.id)
    report(['boundary'], `the boundary of group ${boundary.group} is ${boundary.id}, not "${data.boundary}"; correct it`)
  const seen = new Set<string>()
  for (const [index, threat] of data.threats.entries()) {
    const place = ['threats', index]
    if (!threat.id.startsWith(`${boundary.group}-`))
      report(place, `threat ${threat.id} is not of group ${boundary.group}; move it to its own file`)
    if (seen.has(threat.id)) report(place, `threat ${threat.id} stands here for the second time; give it an id of its own`)
    seen.add(threat.id)
    for (const control of new Set(threat.controls)) {
      if (!controls.has(control)) {
        report(
          [...place, 'controls'],
          `threat ${threat.id} names the control "${control}", which controls.yaml does not have; correct it or add it there`,
        )
      }
    }
  }
  return problems
}
