// The generators: the same seed gives the same attack, every twin is an honest module, and what an attack claims about itself is true.
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Attack, Trial } from '../../src/attacks/attack.ts'
import { attackOf } from '../../src/attacks/generators/generator.ts'
import { BOMBS } from '../../src/attacks/generators/module-bytes.ts'
import { FAMILIES, FAMILY_NAMES, familyNamed, findGenerator, GENERATORS, generatorsOf } from '../../src/attacks/registry.ts'
import { inspectModule, type PolicyInput } from '../../src/sandbox/index.ts'
import { loadThreatModel } from '../../src/threats/load.ts'
import { readModule } from '../../src/wasm/index.ts'

const SEEDS = Array.from({ length: 20 }, (_, i) => i * 7919 + 1)
const compiles = (bytes: Uint8Array) => WebAssembly.validate(Uint8Array.from(bytes))
/** All that a target is given. */
const contents = ({ bytes, run, setting, conditions }: Trial) =>
  `${Buffer.from(bytes).toString('base64')} ${JSON.stringify([run, setting, conditions])}`
const attacks = new Map<string, Attack[]>()
beforeAll(async () => {
  for (const generator of GENERATORS) {
    const made: Attack[] = []
    for (const seed of SEEDS) made.push(await generator.generate(seed))
    attacks.set(generator.name, made)
  }
}, 120_000)

/** What our admission makes of a trial's module under its policy; where things of its setting are does not matter to it. */
function admissionOf({ bytes, run }: Trial): string {
  const { memoryBytes, tableElements, outputBytes } = run.limits!
  const text = JSON.stringify(run.policy ?? {}).replaceAll(/\{port:[a-z]+\}/g, '8080')
  const policy = JSON.parse(text.replaceAll(/\{dir:([a-z]+)\}/g, '/srv/$1')) as PolicyInput
  return inspectModule(bytes, { ...policy, quotas: { memoryBytes, tableElements, outputBytes, ...policy.quotas } }).verdict
}

describe('the registry', () => {
  test('has generators of every family, each with its own name', () => {
    expect(GENERATORS.length).toBeGreaterThanOrEqual(45)
    expect(new Set(GENERATORS.map(({ name }) => name)).size).toBe(GENERATORS.length)
    for (const family of FAMILY_NAMES) expect(generatorsOf(family).length, family).toBeGreaterThan(0)
  })

  test('has all fourteen families of the catalogue, by name and by number', () => {
    for (let i = 1; i <= 14; i++) expect(FAMILIES[familyNamed(`g${i}`)!].id).toBe(`G${i}`)
    expect(familyNamed('files')).toBe('files')
    expect(familyNamed('toString')).toBeUndefined()
  })

  test('finds a generator by its name, and says which there are', () => {
    expect(findGenerator('count-lies')).toBe(GENERATORS[0])
    expect(() => findGenerator('count-lice')).toThrow(/There is no generator "count-lice"; there are count-lies, size-lies, /)
  })

  test('names only threats of the threat model', () => {
    const known = new Set(loadThreatModel().threats.map(({ id }) => id))
    expect(GENERATORS.flatMap(({ name, threats }) => threats.filter((t) => !known.has(t)).map((t) => `${name}: ${t}`))).toEqual(
      [],
    )
  })
})

describe.each(GENERATORS.map(({ name, threats }) => ({ name, threats })))('$name', ({ name, threats }) => {
  const made = () => attacks.get(name)!

  test('gives the same attack for the same seed', async () => {
    for (const [i, seed] of SEEDS.slice(0, 5).entries()) expect(await findGenerator(name).generate(seed)).toEqual(made()[i])
  })

  test('gives different attacks for different seeds', () => {
    expect(new Set(made().map(contents)).size).toBeGreaterThan(SEEDS.length / 3)
  })

  test('says where the attack comes from', () => {
    for (const [i, attack] of made().entries()) {
      expect(attack.origin).toEqual({ kind: 'generated', generator: name, seed: SEEDS[i] })
      expect(attack.id).toBe(`${name}@${SEEDS[i]}`)
      expect(attack.provenance.length).toBeGreaterThan(10)
      expect(attack.threats.length).toBeGreaterThan(0)
      for (const threat of attack.threats) expect(threats).toContain(threat)
    }
  })

  test('every twin is a valid module that must be allowed', () => {
    for (const { id, twin } of made()) {
      expect(compiles(twin.bytes), id).toBe(true)
      for (const outcome of twin.expect.outcomes) expect(['completed', 'exited'], id).toContain(outcome)
    }
  })

  test('attack and twin differ', () => {
    // Changes at random may, once in a long while, take each other back.
    const different = made().filter((attack) => contents(attack) !== contents(attack.twin))
    expect(different.length).toBeGreaterThanOrEqual(name === 'mutated-corpus' ? SEEDS.length - 2 : SEEDS.length)
  })

  test('a module that an engine must refuse may not be expected to run', () => {
    for (const { id, bytes, expect: wanted } of made()) if (!compiles(bytes)) expect(wanted.outcomes, id).toContain('refused')
  })

  test('any bytes make an attack, none too, and the same bytes the same one', async () => {
    const generator = findGenerator(name)
    const inputs = [
      new Uint8Array(),
      Uint8Array.of(0xff),
      new Uint8Array(300).fill(0xff),
      ...[7, 60, 400].map((length) => Uint8Array.from({ length }, (_, i) => Math.imul(i + length, 0x9e3779b1) >>> 24)),
    ]
    const made = await Promise.all(inputs.map((bytes) => generator.fromBytes(bytes)))
    for (const [i, bytes] of inputs.entries()) {
      expect(made[i]!.origin).toEqual({ kind: 'generated', generator: name, bytes: Buffer.from(bytes).toString('hex') })
      expect(contents(await generator.fromBytes(bytes))).toBe(contents(made[i]!))
      expect(compiles(made[i]!.twin.bytes)).toBe(true)
    }
    expect(new Set(made.map(contents)).size).toBeGreaterThan(1)
  })

  test('attacks are values of a property, which shrink to attacks', async () => {
    const generator = findGenerator(name)
    const seen: string[] = []
    const run = fc.asyncProperty(await generator.drafts(), async (draft) => {
      const attack = await attackOf(generator, draft, { seed: 0 })
      seen.push(contents(attack))
      return seen.length < 3
    })
    const { failed } = await fc.check(run, { seed: 7, numRuns: 3 })
    expect(failed).toBe(true)
  })

  test('admission refuses what it must, and only that', () => {
    for (const attack of made().slice(0, 8)) {
      // A policy or an agreement is judged before the module is, and what is only said of some hosts is not said here.
      if (Object.keys(attack.run.supply ?? {}).length > 0 || name === 'mutated-corpus') continue
      const { outcomes, details } = attack.expect
      const verdict = admissionOf(attack)
      if (details?.includes('refused')) expect(verdict, `${attack.id}: ${attack.title}`).toBe('refused')
      else if (!outcomes.includes('refused')) expect(verdict, `${attack.id}: ${attack.title}`).toBe('admitted')
      expect(admissionOf(attack.twin), `${attack.id}, twin`).toBe('admitted')
    }
  })

  test('limits are complete, and no attack takes long', () => {
    for (const { run, expect: wanted } of made()) {
      expect(Object.keys(run.limits!).sort()).toEqual(['cpuMs', 'memoryBytes', 'outputBytes', 'tableElements', 'wallClockMs'])
      if (wanted.details?.includes('wall-clock-limit')) expect(run.limits!.wallClockMs).toBeLessThanOrEqual(1000)
    }
  })
})

describe('what the attacks are made of', () => {
  const MALFORMED = ['count-lies', 'size-lies', 'section-order', 'header-confusion']
  test.each(MALFORMED)('%s: no engine takes any of them', (name) => {
    expect(
      attacks
        .get(name)!
        .filter(({ bytes }) => compiles(bytes))
        .map(({ title }) => title),
    ).toEqual([])
  })

  const WELL_FORMED = GENERATORS.map(({ name }) => name).filter(
    (name) => ![...MALFORMED, 'leb-padding', 'mutated-corpus', 'signed-bytes'].includes(name),
  )
  test.each(WELL_FORMED)('%s: an engine takes all of them, so that it is the sandbox that has to refuse', (name) => {
    expect(
      attacks
        .get(name)!
        .filter(({ bytes }) => !compiles(bytes))
        .map(({ title }) => title),
    ).toEqual([])
  })

  test.each(BOMBS.map(({ quota, build, largest, smallest }) => ({ quota, build, largest, smallest })))(
    'quota-bombs: $quota can be exceeded by a module that an engine takes',
    ({ build, largest, smallest }) => {
      expect(compiles(build(smallest))).toBe(true)
      expect(compiles(build(largest * 4))).toBe(true)
    },
  )

  test('feature-drift: the policy of the attack leaves out one feature that the module really uses, that of the twin none', () => {
    for (const { bytes, run, twin } of attacks.get('feature-drift')!) {
      const used = [...readModule(bytes).features.keys()]
      const missing = ({ policy }: Attack['run']) =>
        used.filter((each) => !(policy as { features: string[] }).features.includes(each))
      expect(missing(run).length).toBe(1)
      expect(missing(twin.run)).toEqual([])
    }
  })

  test('leb-padding makes both legal and illegal encodings', () => {
    const legal = attacks.get('leb-padding')!.map(({ bytes }) => compiles(bytes))
    expect(new Set(legal)).toEqual(new Set([true, false]))
  })

  test('a host call with an output that cannot be in memory is never allowed to succeed', () => {
    const judged = attacks.get('host-call-values')!.filter(({ expect: { values } }) => values?.join() === '0')
    expect(judged.length).toBeGreaterThan(SEEDS.length / 2)
  })

  test('forbidden characters really are in the attack', () => {
    for (const { bytes, expect: wanted } of attacks.get('hostile-text')!) {
      expect(wanted.forbidden!.length).toBeGreaterThan(0)
      for (const text of wanted.forbidden!) expect(Buffer.from(bytes).includes(Buffer.from(text))).toBe(true)
    }
  })

  test('mutations of the corpus leave the header alone and sometimes leave a valid module', async () => {
    const more: Attack[] = []
    for (let seed = 0; seed < 120; seed++) more.push(await findGenerator('mutated-corpus').generate(seed))
    for (const { bytes } of more.filter(({ bytes }) => bytes.length >= 8)) {
      expect([...bytes.subarray(0, 4)]).toEqual([0, 0x61, 0x73, 0x6d])
    }
    const valid = more.filter(({ bytes }) => compiles(bytes)).length
    expect(valid).toBeGreaterThan(10)
    expect(valid).toBeLessThan(110)
  })
})
