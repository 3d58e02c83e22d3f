// docs/threat-model.schema.json: current, and saying the same as the checks that run.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadThreatModel, THREAT_MODEL_DIR } from '../../src/threats/index.ts'
import { threatModelJsonSchema } from '../../src/threats/json-schema.ts'

const committed = readFileSync(resolve(THREAT_MODEL_DIR, '..', 'docs', 'threat-model.schema.json'), 'utf8')
const validate = new Ajv2020({ strict: false }).compile(JSON.parse(committed))
const files = ['model.yaml', 'controls.yaml', ...loadThreatModel().boundaries.map(({ group }) => `threats/${group}.yaml`)]
const read = (file: string) => parse(readFileSync(join(THREAT_MODEL_DIR, file), 'utf8'))

describe('docs/threat-model.schema.json', () => {
  it('is what the schema generates', () => {
    expect(JSON.parse(committed)).toEqual(threatModelJsonSchema())
  })

  it.each(files)('accepts %s', (file) => {
    expect(validate(read(file)), JSON.stringify(validate.errors)).toBe(true)
  })

  it.each(files)('refuses %s with a key that it does not know', (file) => {
    expect(validate({ ...read(file), extra: 1 })).toBe(false)
  })
})
