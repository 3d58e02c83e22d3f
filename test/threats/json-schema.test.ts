// docs/threat-model.schema.json: current, and saying the same as the checks that run.
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadThreatModel, THREAT_MODEL_DIR } from '../../src/threats/index.ts'
import { threatModelSchemaText } from '../../src/threats/json-schema.ts'

const committed = readFileSync(resolve(THREAT_MODEL_DIR, '..', 'docs', 'threat-model.schema.json'), 'utf8')
const validate = new Ajv2020({ strict: false }).compile(JSON.parse(committed))
const model = loadThreatModel()
const files = [
  'model.yaml',
  'controls.yaml',
  'risks.yaml',
  ...model.boundaries.map(({ group }) => `threats/${group}.yaml`),
  ...model.frameworks.map(({ id }) => `frameworks/${id}.yaml`),
  '../examples/overlay/text-filter.yaml',
]
const text = (file: string) => readFileSync(join(THREAT_MODEL_DIR, file), 'utf8')
const read = (file: string) => parse(text(file))

describe('docs/threat-model.schema.json', () => {
  it('is what the schema generates', () => {
    const remedy = `run: node -e "import('./src/threats/json-schema.ts').then((m) => process.stdout.write(m.threatModelSchemaText()))" > docs/threat-model.schema.json`
    expect(committed === threatModelSchemaText(), `docs/threat-model.schema.json is out of date; ${remedy}`).toBe(true)
  })

  it.each(files)('accepts %s', (file) => {
    expect(validate(read(file)), JSON.stringify(validate.errors)).toBe(true)
  })

  it.each(files)('refuses %s with a key that it does not know', (file) => {
    expect(validate({ ...read(file), extra: 1 })).toBe(false)
  })

  it.each(files)('is what editors find by the first line of %s', (file) => {
    const named = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text(file))?.[1] ?? 'nowhere'
    expect(resolve(THREAT_MODEL_DIR, dirname(file), named)).toBe(
      resolve(THREAT_MODEL_DIR, '..', 'docs', 'threat-model.schema.json'),
    )
  })
})
