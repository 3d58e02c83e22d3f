// The JSON Schema of the threat model's files, for editors and for readers that do not run this code.
import { z } from 'zod'
import {
  controlsFileSchema,
  frameworkFileSchema,
  modelFileSchema,
  overlayFileSchema,
  risksFileSchema,
  threatsFileSchema,
} from './schema.ts'

const KINDS = {
  model: [modelFileSchema, 'threat-model/model.yaml'],
  controls: [controlsFileSchema, 'threat-model/controls.yaml'],
  threats: [threatsFileSchema, 'threat-model/threats/<GROUP>.yaml'],
  risks: [risksFileSchema, 'threat-model/risks.yaml'],
  framework: [frameworkFileSchema, 'threat-model/frameworks/<id>.yaml'],
  overlay: [overlayFileSchema, 'an overlay, for --overlay'],
} as const satisfies Record<string, readonly [z.ZodType, string]>

/** JSON Schema (draft 2020-12): a document is one of these kinds of file. No two share their required keys, so a document fits one at most. */
function threatModelJsonSchema(): Record<string, unknown> {
  const part = (schema: z.ZodType, title: string) => {
    const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' }) as Record<string, unknown>
    return { title, ...rest }
  }
  const kinds = Object.entries(KINDS)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:wasm-gauntlet:threat-model:1',
    title: 'wasm-gauntlet threat model: one file of threat-model/, or an overlay',
    oneOf: kinds.map(([name]) => ({ $ref: `#/$defs/${name}` })),
    $defs: Object.fromEntries(kinds.map(([name, [schema, title]]) => [name, part(schema, title)])),
  }
}

/** The text of docs/threat-model.schema.json. */
export function threatModelSchemaText(): string {
  return `${JSON.stringify(threatModelJsonSchema(), null, 2)}\n`
}
