// `gauntlet threats export`: the threat model in the words of another tool.
import { openThreatModel } from '../reports/model-export/open-threat-model.ts'
import { owaspLibrary } from '../reports/model-export/owasp-library.ts'
import { threatDragon } from '../reports/model-export/threat-dragon.ts'
import { visibleJson } from '../reports/visible.ts'
import type { ThreatModel } from '../threats/index.ts'
import { usageError } from './cli-error.ts'
import { modelWith } from './overlay-option.ts'
import { version } from './project.ts'
import { type Output, write, writeLine } from './terminal.ts'
import { writeWholeFile } from './write-file.ts'

export interface ExportOptions {
  readonly format: string
  readonly out?: string
  readonly overlay?: readonly string[]
}

const FORMATS: ReadonlyMap<string, (model: ThreatModel, version: string) => unknown> = new Map([
  ['owasp-tml', owaspLibrary],
  ['threat-dragon', threatDragon],
  ['otm', openThreatModel],
])

export async function exportThreats({ format, out, overlay }: ExportOptions, output: Output): Promise<void> {
  const writer = FORMATS.get(format)
  if (!writer) throw usageError(`There is no format ${JSON.stringify(format)}; write --format ${[...FORMATS.keys()].join(', ')}.`)
  const text = visibleJson(writer(modelWith(overlay), version()))
  if (out === undefined) return await write(output, text)
  await writeWholeFile(out, Buffer.from(text), { mode: 0o666, replace: true })
  await writeLine(output, out)
}
