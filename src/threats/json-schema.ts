// The JSON Schema of the threat model's files, for editors and for readers that do not run this code.
import { z } from 'zod'
import { controlsFileSchema, modelFileSchema, threatsFileSchema } from './schema.ts'

/** JSON Schema (draft 2020-12): a document is one of the three kinds of file. */
export function threatModelJsonSchema(): Record<string, unknown> {
  const part = (schema: z.ZodType, title: string) => {
    const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' }) as Record<string, unknown>
    return { title, ...rest }
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:wasm-gauntlet:threat-model:1',
    title: 'wasm-gauntlet threat model: one file of threat-model/',
    oneOf: [{ $ref: '#/$defs/model' }, { $ref: '#/$defs/controls' }, { $ref: '#/$defs/threats' }],
    $defs: {
      model: part(modelFileSchema, 'threat-model/model.yaml'),
      controls: part(controlsFileSchema, 'threat-model/controls.yaml'),
      threats: part(threatsFileSchema, 'threat-model/threats/<GROUP>.yaml'),
    },
  }
}

/** The text of docs/threat-model.schema.json. */
export function threatModelSchemaText(): string {
  return `${JSON.stringify(threatModelJsonSchema(), null, 2)}\n`
}
