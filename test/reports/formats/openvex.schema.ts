// What the OpenVEX specification 0.2.0 asks of a document, as far as we write it, in a schema of our own: no package carries one, and none reads
// such documents. Stricter than the specification in what we promise beyond it: every statement names its products and a vulnerability's id.

const text = { type: 'string', minLength: 1 } as const
const iri = { type: 'string', format: 'uri' } as const
const status = (value: string) => ({ properties: { status: { const: value } } })

const statement = {
  type: 'object',
  required: ['vulnerability', 'products', 'status'],
  additionalProperties: false,
  properties: {
    vulnerability: {
      type: 'object',
      required: ['@id', 'name'],
      additionalProperties: false,
      properties: { '@id': iri, name: text, description: { type: 'string' } },
    },
    products: {
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: { type: 'object', required: ['@id'], additionalProperties: false, properties: { '@id': iri } },
    },
    status: { enum: ['not_affected', 'affected', 'fixed', 'under_investigation'] },
    status_notes: { type: 'string' },
    justification: {
      enum: [
        'component_not_present',
        'vulnerable_code_not_present',
        'vulnerable_code_not_in_execute_path',
        'vulnerable_code_cannot_be_controlled_by_adversary',
        'inline_mitigations_already_exist',
      ],
    },
    impact_statement: text,
    action_statement: text,
  },
  allOf: [
    { if: status('not_affected'), then: { anyOf: [{ required: ['justification'] }, { required: ['impact_statement'] }] } },
    { if: status('affected'), then: { required: ['action_statement'] } },
    // What belongs to one status says nothing beside another.
    {
      if: { not: status('not_affected') },
      then: { not: { anyOf: [{ required: ['justification'] }, { required: ['impact_statement'] }] } },
    },
    { if: { not: status('affected') }, then: { not: { required: ['action_statement'] } } },
  ],
} as const

export const OPENVEX_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['@context', '@id', 'author', 'timestamp', 'version', 'statements'],
  additionalProperties: false,
  properties: {
    '@context': { const: 'https://openvex.dev/ns/v0.2.0' },
    '@id': iri,
    author: text,
    role: { type: 'string' },
    timestamp: { type: 'string', format: 'date-time' },
    version: { type: 'integer', minimum: 1 },
    tooling: { type: 'string' },
    statements: { type: 'array', minItems: 1, uniqueItems: true, items: statement },
  },
} as const
