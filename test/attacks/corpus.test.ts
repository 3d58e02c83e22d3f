// The stored corpus: every file is readable, says what it is about, and does what its header claims to an engine.
import { readdirSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Trial } from '../../src/attacks/attack.ts'
import { type Corpus, type CorpusCase, loadCorpus } from '../../src/attacks/corpus.ts'
import { loadThreatModel } from '../../src/threats/load.ts'

const FOLDER = join(import.meta.dirname, '../../corpus')
let corpus: Corpus
beforeAll(async () => {
  corpus = await loadCorpus(FOLDER)
})
const compiles = (bytes: Uint8Array) => WebAssembly.validate(Uint8Array.from(bytes))
/** Ids of the cases that break a rule. */
const breaking = (rule: (attack: CorpusCase) => boolean) => corpus.attacks.filter((each) => !rule(each)).map(({ id }) => id)

describe('the stored corpus', () => {
  test('every file is readable', () => {
    expect(corpus.unreadable.map(({ message }) => message)).toEqual([])
  })

  test('every file is a case, and its id is its name', () => {
    // In folders are inputs of the coverage-guided engine, which are no cases.
    const entries = readdirSync(FOLDER, { withFileTypes: true })
    const files = entries.filter((each) => each.isFile() && each.name !== 'README.md').map(({ name }) => name)
    expect(corpus.attacks.map(({ id }) => id).sort()).toEqual(files.map((name) => basename(name, extname(name))).sort())
    expect(new Set(corpus.attacks.map(({ id }) => id)).size).toBe(files.length)
  })

  test('it is large enough, and broad enough', () => {
    expect(corpus.attacks.length).toBeGreaterThanOrEqual(48)
    expect(new Set(corpus.attacks.map(({ threats }) => threats[0])).size).toBeGreaterThanOrEqual(44)
  })

  test('every threat is one of the threat model', () => {
    const known = new Set(loadThreatModel().threats.map(({ id }) => id))
    expect(corpus.attacks.flatMap(({ id, threats }) => threats.filter((t) => !known.has(t)).map((t) => `${id}: ${t}`))).toEqual(
      [],
    )
  })

  test('every twin is valid', () => {
    expect(breaking(({ twin }) => compiles(twin.bytes))).toEqual([])
  })

  test('an attack is valid exactly if its header says so', () => {
    expect(breaking(({ bytes, valid }) => compiles(bytes) === valid)).toEqual([])
  })

  test('attack and twin differ in their bytes, in what they are given, or in what is around them', () => {
    // Times are left out: a case in which nothing else differs would be its own twin.
    const without = ({ run: { limits, ...run }, conditions, setting }: Trial) => {
      const { wallClockMs: _wall, cpuMs: _cpu, ...sizes } = limits ?? {}
      return { run, sizes, conditions, setting }
    }
    expect(
      breaking(
        (attack) =>
          Buffer.compare(attack.bytes, attack.twin.bytes) !== 0 || !isDeepStrictEqual(without(attack), without(attack.twin)),
      ),
    ).toEqual([])
  })

  test('every twin is allowed: it completes, or exits by itself', () => {
    expect(
      breaking(({ twin }) => twin.expect.outcomes.every((outcome) => outcome === 'completed' || outcome === 'exited')),
    ).toEqual([])
  })

  test('every case names the control that has to be weakened, and where it comes from', () => {
    expect(breaking(({ notices, provenance }) => notices.length > 10 && provenance.length > 10)).toEqual([])
  })

  test('a module that an engine must refuse is expected to be refused', () => {
    expect(breaking(({ valid, expect: { outcomes } }) => valid || outcomes.join() === 'refused')).toEqual([])
  })

  test('no attack may end in a fault', () => {
    expect(breaking(({ expect: { outcomes } }) => !outcomes.includes('fault'))).toEqual([])
  })

  test('an attack that only a clock can end has narrow clocks, so that it ends soon', () => {
    const slow = breaking(
      ({ expect: { details = [] }, run: { limits } }) => !details.includes('wall-clock-limit') || limits!.wallClockMs! <= 2000,
    )
    expect(slow).toEqual([])
  })
})

describe('attacks that must be there from the first day', () => {
  const REQUIRED: Readonly<Record<string, (attack: CorpusCase) => boolean>> = {
    'import through the prototype chain, outer level': ({ id }) => id === 'LNK-01-constructor-constructor',
    'import through the prototype chain, inner level': ({ id }) => id === 'LNK-01-granted-module-inherited-field',
    'export named then': ({ bytes }) => exportsOf(bytes).includes('then'),
    'catch_all around an exit': ({ id, expect: { forbidden } }) =>
      id === 'CTL-01-exit-swallowed' && forbidden?.join() === 'SURVIVED',
    'try_table around an exit': ({ id }) => id === 'CTL-01-exit-swallowed-try-table',
    'loop around memory.fill': ({ id }) => id === 'RES-02-memory-fill',
    'loop around memory.copy': ({ id }) => id === 'RES-02-memory-copy',
    'loop around table.fill': ({ id }) => id === 'RES-02-table-fill',
    'loop around table.copy': ({ id }) => id === 'RES-02-table-copy',
    'endless loop in the start function': ({ id }) => id === 'LNK-12-start-loop',
    'table bomb': ({ id }) => id === 'MOD-10-table-bomb',
    'locals bomb': ({ id }) => id === 'MOD-04-locals-bomb',
    'a hundred thousand nested blocks': ({ id, bytes }) => id === 'MOD-06-nested-blocks' && bytes.length > 300_000,
    'recursion to the end of the stack': ({ id }) => id === 'CTL-04-recursion',
    'wait without end, refused': ({ id, run }) => id === 'CTL-13-atomic-wait' && run.policy === undefined,
    'wait without end, allowed and killed': ({ id, run }) => id === 'CTL-13-atomic-wait-killed' && run.policy !== undefined,
    'terminal escapes in a message': ({ id, expect: { forbidden } }) =>
      id === 'OUT-01-escapes-in-refusal' && forbidden!.includes('\u001b'),
    'line breaks in a message': ({ id, expect: { forbidden } }) => id === 'OUT-02-forged-records' && forbidden!.includes('\r'),
    'direction overrides in a message': ({ id, expect: { forbidden } }) =>
      id === 'OUT-03-bidi-names' && forbidden!.includes('\u202e'),
    'names of 200,000 bytes in a message': ({ id, bytes }) => id === 'MOD-13-huge-import-name' && bytes.length > 200_000,
    'bytes changed after the call': ({ conditions }) => conditions?.includes('bytes-mutated-after-call') ?? false,
    'bytes on shared memory': ({ conditions }) => conditions?.includes('shared-bytes') ?? false,
    'polluted Object.prototype': ({ conditions }) => conditions?.includes('polluted-object-prototype') ?? false,
    'neighbour of an attack': ({ conditions }) => conditions?.includes('benign-neighbour') ?? false,
  }
  const exportsOf = (bytes: Uint8Array) =>
    compiles(bytes) ? WebAssembly.Module.exports(new WebAssembly.Module(Uint8Array.from(bytes))).map(({ name }) => name) : []

  test.each(Object.entries(REQUIRED))('%s', (_, isIt) => {
    expect(corpus.attacks.some(isIt)).toBe(true)
  })
})

describe('a folder with something wrong in it', () => {
  test('unreadable files are listed, never passed over', async () => {
    const { attacks, unreadable } = await loadCorpus(join(import.meta.dirname, 'broken-corpus'))
    expect(attacks.map(({ id }) => id)).toEqual(['RES-01-fine'])
    expect(unreadable.map(({ file }) => file)).toEqual(['broken-corpus/RES-01-fine.yaml', 'broken-corpus/RES-01-no-twin.wat'])
    expect(unreadable[0]!.message).toContain('another file already has the id RES-01-fine')
  })
})
