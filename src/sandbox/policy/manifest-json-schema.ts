// The JSON Schema of manifests, generated from the schema that reads them, for editors and build tools.
import { z } from 'zod'
import { MANIFEST_VERSION, manifestSchema } from './manifest.ts'

/** JSON Schema (draft 2020-12). Network patterns, and requests for the same thing twice, are checked by the sandbox only. */
export function manifestJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(manifestSchema, { target: 'draft-2020-12', io: 'input' }) as Record<string, unknown>
  return {
    ...schema,
    $id: `urn:wasm-gauntlet:manifest:${MANIFEST_VERSION}`,
    title: `wasm-gauntlet module manifest, version ${MANIFEST_VERSION}`,
  }
}

/** The text of docs/manifest.schema.json. */
export function manifestSchemaText(): string {
  return `${JSON.stringify(manifestJsonSchema(), null, 2)}\n`
}
