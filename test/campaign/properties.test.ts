// Properties run in processes of their own: whatever one does, the stage gets an answer.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { propertyCanary } from '../../src/campaign/engines/property-canary.ts'
import { propertyFiles, propertyStage, runProperty } from '../../src/campaign/properties.ts'
import { scratch } from './toys.ts'

const BODIES: Record<string, string> = {
  holds: 'return { executions: 12 }',
  refuted: "return { executions: 3, failure: { message: '3 is not even', counterexample: '3' } }",
  idle: 'return { executions: 0 }',
  throws: "throw new Error('oops')",
  exits: 'process.exit(3)',
  hangs: 'for (;;);',
  echo: 'return { executions: seed * 1000 + milliseconds }',
}
let folder: ReturnType<typeof scratch>
const pathOf = (name: string): string => join(folder.path, `${name}.mjs`)
beforeAll(() => {
  folder = scratch()
  for (const [name, body] of Object.entries(BODIES)) {
    writeFileSync(
      pathOf(name),
      `export default { name: '${name}', threats: ['LNK-01'], run: async (seed, milliseconds) => { ${body} } }`,
    )
  }
  writeFileSync(join(folder.path, 'none.mjs'), 'export const x = 1')
})
afterAll(() => folder.remove())

const stage = (name: string, signal?: AbortSignal) =>
  propertyStage(
    pathOf(name),
    `fuzz/properties/${name}.ts`,
    7,
    100,
    new Map([['LNK-01', { file: 'threats.yaml', line: 4 }]]),
    signal,
  )

describe('runProperty', () => {
  it('hands on seed and time', async () => {
    expect((await runProperty(pathOf('echo'), 5, 7)).run).toEqual({ executions: 5007 })
  })
  it('asks for nothing but the name when there is no time', async () => {
    expect(await runProperty(pathOf('hangs'), 5, 0)).toEqual({ name: 'hangs', threats: ['LNK-01'], run: null, fault: null })
  })
  it.each([
    ['throws', /Error: oops/],
    ['exits', /ended without an answer \(3\)/],
    ['none', /exports no property/],
    ['gone', /Cannot find module/],
  ])('%s: is a fault', async (name, message) => {
    expect(await runProperty(pathOf(name), 1, 100)).toMatchObject({ run: null, fault: expect.stringMatching(message) })
  })
  it('is ended by a signal', async () => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 300)
    expect(await runProperty(pathOf('hangs'), 1, 60_000, controller.signal)).toMatchObject({ run: null, fault: 'stopped' })
  })
})

describe('propertyStage', () => {
  it('passes a property that held', async () => {
    const { engine, finding, fault } = await stage('holds')
    expect([finding, fault]).toEqual([null, null])
    expect(engine).toMatchObject({
      name: 'holds',
      kind: 'property',
      result: 'passed',
      executions: 12,
      seed: 7,
      threats: ['LNK-01'],
    })
  })
  it('makes a finding of a refutation', async () => {
    const { engine, finding, failure } = await stage('refuted')
    expect(engine).toMatchObject({ result: 'failed', reason: '3 is not even' })
    expect(finding).toMatchObject({
      own: true,
      source: 'property',
      threat: 'LNK-01',
      code: 'refuted',
      actual: '3 is not even',
      location: { path: 'threats.yaml', line: 4 },
    })
    expect(failure?.counterexample).toBe('3')
  })
  it('does not pass what executed nothing', async () => {
    expect(await stage('idle')).toMatchObject({
      engine: { result: 'unknown' },
      fault: expect.stringContaining('executed nothing'),
    })
  })
  it('calls a property that cannot run a fault, and one that was stopped not', async () => {
    expect(await stage('throws')).toMatchObject({ engine: { result: 'unknown' }, fault: expect.stringContaining('oops') })
    expect(await stage('holds', AbortSignal.abort())).toMatchObject({ engine: { result: 'not-run' }, fault: null })
  })
})

it('lists property files, sorted, and no tests', () => {
  const other = scratch()
  for (const name of ['b.ts', 'a.ts', 'a.test.ts', 'x.d.ts', 'readme.md']) writeFileSync(join(other.path, name), '')
  expect(propertyFiles(other.path)).toEqual([join(other.path, 'a.ts'), join(other.path, 'b.ts')])
  expect(propertyFiles('/nowhere')).toEqual([])
  other.remove()
})

describe('the input at which a property dies', () => {
  const CHECK = new URL('../../fuzz/check.ts', import.meta.url).href
  const CASES = new URL('../../fuzz/cases.ts', import.meta.url).href
  const checking = (name: string, dies: string): string => {
    writeFileSync(
      pathOf(name),
      `import fc from ${JSON.stringify(import.meta.resolve('fast-check'))}
       import { checkProperty, checkPropertyAsync } from '${CHECK}'
       import { checkCases } from '${CASES}'
       const cases = { first: () => null, second: () => { ${dies} } }
       const holds = (n) => { if (n > 900) { ${dies} } return null }
       const checks = {
         sync: (seed, ms) => checkProperty(fc.nat(1000), holds, String, seed, ms),
         async: (seed, ms) => checkPropertyAsync(fc.nat(1000), async (n) => holds(n), String, seed, ms),
         cases: (seed, ms) => checkCases(cases, 2, ms),
       }
       export default { name: '${name}', threats: [], run: checks['${name}'] }`,
    )
    return pathOf(name)
  }

  it.each(['sync', 'async'])('is known afterwards (%s)', async (name) => {
    const { fault, lastInput } = await runProperty(checking(name, 'process.abort()'), 5, 5_000)
    expect(fault).toMatch(/ended without an answer \(SIGABRT\)/)
    expect(Number(lastInput)).toBeGreaterThan(900)
    expect((await runProperty(pathOf(name), 5, 5_000)).lastInput).toBe(lastInput)
  })
  it('is known for a list of cases', async () => {
    expect(await runProperty(checking('cases', 'process.exit(9)'), 5, 5_000)).toMatchObject({ lastInput: 'second' })
  })
  it('is not told of a property that throws, which says so itself', async () => {
    const thrown = await runProperty(checking('sync', "throw new TypeError('odd')"), 5, 5_000)
    expect(thrown).toMatchObject({ run: null, fault: expect.stringMatching(/TypeError: odd/) })
    expect(thrown.lastInput).toBeUndefined()
  })
  it('goes to the stage', async () => {
    checking('sync', 'process.abort()')
    expect(await stage('sync')).toMatchObject({
      fault: expect.stringMatching(/SIGABRT/),
      lastInput: expect.stringMatching(/^9\d\d$|^1000$/),
    })
  })
})

describe('the canary of the property engine', () => {
  it('is refuted by an engine that sees', async () => {
    expect(await propertyCanary(join(import.meta.dirname, '../../fuzz/canaries/property.ts'), 3)).toBeNull()
  })
  it.each([
    ['holds', /did not refute a planted defect within 1000 inputs \(it tried 12\)/],
    ['throws', /had no answer \(Error: oops\)/],
  ])('%s: is missed, and that is said', async (name, message) => {
    expect(await propertyCanary(pathOf(name), 3)).toMatch(message)
  })
  it('is no fault of an engine that was stopped', async () => {
    expect(await propertyCanary(pathOf('hangs'), 3, AbortSignal.timeout(300))).toBeNull()
  })
})
