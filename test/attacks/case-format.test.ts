// The form of a corpus file: what the reader makes of a good one, and what it says about a bad one.
import { describe, expect, test } from 'vitest'
import { CorpusError, readCase } from '../../src/attacks/corpus.ts'
import { DEFAULT_LIMITS } from '../../src/attacks/limits.ts'

const HEADER = `;;! title: A case
;;! threats: [RES-01, CTL-14]
;;! provenance: a test
;;! notices: something
;;! run:
;;!   calls: [{call: go, args: [1, "-5n", 0.5]}]
;;!   args: [a]
;;!   env: {K: v}
;;!   stdin: "\\x00in"
;;!   limits: {wallClockMs: 700, memoryBytes: 65536}
;;!   policy: {extends: strict}
;;! conditions: [benign-neighbour]
;;! expect: {outcomes: [limit], details: [wall-clock-limit], withinMs: 9000}
(module (func (export "go") (param i32 i64 f64) (loop $l (br $l))))
`
const TWIN = `;;! --- twin
;;! inherit: true
;;! run: {limits: {outputBytes: 7}}
;;! expect: {outcomes: [completed], values: ["3"], residentMiB: 300}
(module (func (export "go") (param i32 i64 f64) (result i32) (i32.const 3)))
`

describe('a good case', () => {
  test('is read whole', async () => {
    const attack = await readCase('corpus/RES-01-good.wat', HEADER + TWIN)
    expect(attack).toMatchObject({
      id: 'RES-01-good',
      title: 'A case',
      threats: ['RES-01', 'CTL-14'],
      provenance: 'a test',
      notices: 'something',
      valid: true,
      conditions: ['benign-neighbour'],
      origin: { kind: 'corpus', path: 'corpus/RES-01-good.wat' },
      expect: { outcomes: ['limit'], details: ['wall-clock-limit'], withinMs: 9000 },
    })
    expect(attack.run).toEqual({
      calls: [{ call: 'go', args: [1, -5n, 0.5] }],
      args: ['a'],
      env: { K: 'v' },
      stdin: Uint8Array.of(0, 0x69, 0x6e),
      limits: { ...DEFAULT_LIMITS, wallClockMs: 700, memoryBytes: 65_536 },
      policy: { extends: 'strict' },
    })
    expect(WebAssembly.validate(Uint8Array.from(attack.bytes))).toBe(true)
  })

  test('its twin inherits everything but conditions and clocks', async () => {
    const { run, twin } = await readCase('corpus/RES-01-good.wat', HEADER + TWIN)
    expect(twin.run).toEqual({ ...run, limits: { ...DEFAULT_LIMITS, memoryBytes: 65_536, outputBytes: 7 } })
    expect(twin.expect).toEqual({ outcomes: ['completed'], values: ['3'], residentMiB: 300 })
    expect(twin.conditions).toBeUndefined()
  })

  test('has the modules made that came before, and a twin that inherits has them too', async () => {
    const supply = '{principal: acme, before: [{wat: (module), answer: denied}, {recipe: names, policy: {extends: strict}}]}'
    const text = `title: A case
threats: [SUP-03]
provenance: a test
wat: (module)
run: {supply: ${supply}}
expect: {outcomes: [refused]}
twin: {inherit: true, wat: (module), expect: {outcomes: [completed]}}
`
    const { run, twin } = await readCase('corpus/SUP-03-good.yaml', text)
    expect(run.supply?.before).toEqual([
      { module: Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), answer: 'denied' },
      { module: expect.any(Uint8Array), policy: { extends: 'strict' } },
    ])
    expect(twin.run.supply).toEqual(run.supply)
    const both = text.replace('wat: (module), answer', 'wat: (module), recipe: names, answer')
    await expect(readCase('corpus/SUP-03-good.yaml', both)).rejects.toThrow(/needs either recipe .* or wat/)
  })

  test('a twin that does not inherit has the default limits', async () => {
    const { twin } = await readCase(
      'corpus/RES-01-good.wat',
      HEADER + TWIN.replace(';;! inherit: true\n', '').replace(/;;! run.*\n/, ''),
    )
    expect(twin.run).toEqual({ limits: DEFAULT_LIMITS })
  })

  test('a setting is read with its defaults, and inherited unless the twin has its own', async () => {
    const around = ';;! setting: {servers: {api: {responses: [{path: /a}]}}, names: {a.test: [[192.0.2.1]]}}\n'
    const setting = {
      servers: { api: { responses: [{ path: '/a', status: 200, headers: {}, body: '', delayMs: 0 }] } },
      names: { 'a.test': [['192.0.2.1']] },
    }
    const header = HEADER.replace(';;! expect', `${around};;! expect`)
    expect(await readCase('corpus/RES-01-good.wat', header + TWIN)).toMatchObject({ setting, twin: { setting } })
    const own = TWIN.replace(';;! run', ';;! setting: {directories: {root: {a: text}}}\n;;! run')
    expect((await readCase('corpus/RES-01-good.wat', header + own)).twin.setting).toEqual({
      directories: { root: { a: 'text' } },
    })
    const alone = await readCase('corpus/RES-01-good.wat', header + TWIN.replace(';;! inherit: true\n', ''))
    expect(alone.twin).not.toHaveProperty('setting')
  })

  test('a twin that inherits and has no module is the same program', async () => {
    const same = `;;! --- twin\n;;! inherit: true\n;;! run: {args: [b]}\n;;! expect: {outcomes: [completed]}\n`
    const { bytes, twin, run } = await readCase('corpus/RES-01-good.wat', HEADER + same)
    expect(twin.bytes).toEqual(bytes)
    expect([run.args, twin.run.args]).toEqual([['a'], ['b']])
  })

  test('what is expected to be done, sent and recorded is read', async () => {
    const expected = 'effects: ["api: GET / HTTP/1.1"], sent: [a], notSent: [b], audit: [net.http allowed]'
    const { expect: seen } = await readCase('corpus/RES-01-good.wat', HEADER.replace('withinMs: 9000', expected) + TWIN)
    expect(seen).toMatchObject({ effects: ['api: GET / HTTP/1.1'], sent: ['a'], notSent: ['b'], audit: ['net.http allowed'] })
  })

  test('a recipe file makes its bytes from recipes and from text', async () => {
    const attack = await readCase(
      'corpus/MOD-01-good.yaml',
      'title: t\nthreats: [MOD-01]\nprovenance: p\nvalid: false\nrecipe: count-lie\nparameters: {section: type, declared: 99}\nexpect: {outcomes: [refused]}\ntwin: {wat: (module), expect: {outcomes: [completed]}}\n',
    )
    expect(attack.valid).toBe(false)
    expect(WebAssembly.validate(Uint8Array.from(attack.bytes))).toBe(false)
    expect([...attack.twin.bytes]).toEqual([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])
  })
})

const YAML = 'title: t\nthreats: [MOD-01]\nprovenance: p\nexpect: {outcomes: [refused]}\n'
/** What is wrong with it, the file, and what the message must be. */
const BAD: readonly (readonly [string, string, string, RegExp])[] = [
  [
    'no header',
    'RES-01-x.wat',
    `(module)\n${TWIN}`,
    /^corpus\/RES-01-x\.wat:1: there is no header; begin with lines ";;! key: value"/,
  ],
  ['no twin', 'RES-01-x.wat', HEADER, /^corpus\/RES-01-x\.wat:15: the case has no twin; add a line ";;! --- twin"/],
  ['twin without a header', 'RES-01-x.wat', `${HEADER};;! --- twin\n(module)`, /:16: there is no header;/],
  [
    'header line behind the module',
    'RES-01-x.wat',
    `${HEADER};;! title: again\n${TWIN}`,
    /:15: a header line stands behind the beginning of the module; move it up/,
  ],
  [
    'unknown key',
    'RES-01-x.wat',
    HEADER.replace('notices', 'notes') + TWIN,
    /:1: the header: Unrecognized key: "notes"; remove it or correct its spelling/,
  ],
  [
    'unknown key deeper down',
    'RES-01-x.wat',
    HEADER.replace('wallClockMs', 'wallMs') + TWIN,
    /:10: run\.limits: Unrecognized key: "wallMs"; remove it/,
  ],
  ['missing key', 'RES-01-x.wat', HEADER.replace(/;;! title.*\n/, '') + TWIN, /:1: title: .*; add title to the header\.$/],
  [
    'unknown outcome',
    'RES-01-x.wat',
    HEADER.replace('[limit]', '[stopped]') + TWIN,
    /:13: expect\.outcomes\.0: .*; give a value of the form that corpus\/README\.md describes\.$/,
  ],
  ['no outcome', 'RES-01-x.wat', HEADER.replace('[limit]', '[]') + TWIN, /:13: expect\.outcomes: /],
  ['unknown condition', 'RES-01-x.wat', HEADER.replace('benign-neighbour', 'noisy') + TWIN, /:12: conditions\.0: /],
  [
    'malformed threat',
    'RES-01-x.wat',
    HEADER.replace('CTL-14', 'CTL14') + TWIN,
    /:2: threats\.1: must be an id of the threat model such as LNK-01;/,
  ],
  ['bad 64-bit argument', 'RES-01-x.wat', HEADER.replace('"-5n"', 'five') + TWIN, /:6: run\.calls\.0\.args\.1: /],
  [
    'not YAML',
    'RES-01-x.wat',
    HEADER.replace('[RES-01, CTL-14]', '[RES-01') + TWIN,
    /:3: the header is not YAML \(.*\); correct its indentation or quoting\.$/,
  ],
  [
    'value cut off by a comment',
    'RES-01-x.wat',
    HEADER.replace('a test', 'Zed PR #10370') + TWIN,
    /:3: the value ends at " #10370", which begins a comment; put the value in quotes\.$/,
  ],
  [
    'key given twice',
    'RES-01-x.wat',
    HEADER.replace('notices: something', 'title: again') + TWIN,
    /:4: the header is not YAML \(Map keys must be unique\);/,
  ],
  [
    'main threat not in the name',
    'RES-02-x.wat',
    HEADER + TWIN,
    /:1: the file name does not begin with its main threat RES-01; rename the file/,
  ],
  [
    'module that does not assemble',
    'RES-01-x.wat',
    HEADER + TWIN.replace('i32.const 3', 'i32.konst 3'),
    /:19: the module does not assemble \(.*i32\.konst.*\); correct the text, or name another assembler/,
  ],
  [
    'module for the other assembler',
    'RES-01-x.wat',
    HEADER.replace(';;! notices', ';;! assembler: binaryen\n;;! notices').replace('loop $l', 'lupe $l') + TWIN,
    /:15: the module does not assemble \(.*\);/,
  ],
  [
    'recipe and text',
    'MOD-01-x.yaml',
    `${YAML}recipe: header\nwat: (module)\ntwin: {wat: (module), expect: {outcomes: [completed]}}`,
    /needs either recipe \(with parameters\) or wat, and not both;/,
  ],
  [
    'neither recipe nor text',
    'MOD-01-x.yaml',
    `${YAML}recipe: header\ntwin: {expect: {outcomes: [completed]}}`,
    /:6: twin: needs either recipe/,
  ],
  [
    'unknown recipe',
    'MOD-01-x.yaml',
    `${YAML}recipe: stew\ntwin: {wat: (module), expect: {outcomes: [completed]}}`,
    /:5: there is no recipe "stew"; use one of count-lie, /,
  ],
  [
    'bad parameter',
    'MOD-01-x.yaml',
    `${YAML}recipe: memory\nparameters: {minimum: -1}\ntwin: {wat: (module), expect: {outcomes: [completed]}}`,
    /:5: parameters of memory\.minimum: .*; correct it; src\/attacks\/recipes declares what memory takes\.$/,
  ],
  [
    'text of a recipe file that does not assemble',
    'MOD-01-x.yaml',
    `${YAML}wat: (modul)\ntwin: {wat: (module), expect: {outcomes: [completed]}}`,
    /:5: the module does not assemble/,
  ],
]

describe('a bad case gets one sentence with the place and the remedy', () => {
  test.each(BAD)('%s', async (_, file, text, message) => {
    const error = await readCase(`corpus/${file}`, text).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(CorpusError)
    const { message: said, line, remedy } = error as CorpusError
    expect(said).toMatch(message)
    expect(said).not.toContain('\n')
    expect(said.length).toBeLessThan(600)
    expect(said).toBe(`corpus/${file}:${line}: ${said.split(': ').slice(1).join(': ')}`)
    expect(remedy.length).toBeGreaterThan(5)
  })
})
