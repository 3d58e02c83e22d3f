// Generators of text that does something where it is shown: escapes, line breaks, directions, formats and markup, in every host call that takes text,
// and in every place of a module that holds some (OUT-01 to OUT-14, MEM-17, MEM-19, MOD-13).
import fc from 'fast-check'
import { ABI, type AbiFunction } from '../../sandbox/host/abi/index.ts'
import { names } from '../recipes/hostile-names.ts'
import { COMPLETED, type Draft, type Generator, generator, REFUSED } from './generator.ts'
import { importsOf, Texts } from './guest.ts'

/** What changes what a person or a terminal sees: none of it may come out of a message as it went in. */
export const HOSTILE_CHARACTERS = [
  '\u001b',
  '\u0007',
  '\u0008',
  '\r',
  '\u0000',
  '\u0085',
  '\u009b',
  '\u200b',
  '\u202e',
  '\u2028',
  '\u2029',
  '\u2066',
  '\ufeff',
  '\u{e0041}',
] as const

/** Texts that some reader of messages acts on. In messages of a host they are harmless as long as they stay one inert line. */
const PHRASES = [
  '\u001b[2J\u001b[31mroot\u001b[0m',
  '\u001b]8;;https://evil.example/\u0007click\u001b]8;;\u0007',
  '\u001b]52;c;cm0gLXJmIC8=\u0007',
  '\u001b]633;E;rm -rf /\u0007',
  '\u009b31m',
  '\r\n2030-01-01 INFO granted everything',
  '\u2028{"level":"info","message":"forged"}',
  '%s%d%o%O%j%c%n',
  '`$\x7bprocess.env.PATH}`',
  '{0} {name} $& $1',
  '<script>globalThis.escaped=1</script>',
  '"><img src=x onerror=alert(1)>',
  '[run](command:workbench.action.terminal.new)',
  '](javascript:alert(1))',
  '=cmd|"/c calc"!A0',
  '@SUM(1+1)*cmd|"/c calc"!A0',
  '::set-output name=x::y',
  '##vso[task.setvariable variable=x]y',
  'not ok 1 - forged',
  '\u202egnp.exe',
  'adm\u0456n',
  '\ud83d\udc68\u200d\ud83d\udc69',
  '-----BEGIN CERTIFICATE-----',
] as const

const hostile = fc
  .array(
    fc.oneof(
      fc.tuple(fc.constantFrom(...HOSTILE_CHARACTERS), fc.string({ maxLength: 8 })).map((pair) => pair.join('')),
      fc.constantFrom<string>(...PHRASES),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => parts.join(''))
/** Those of a text that no message may hold. */
const forbiddenIn = (text: string) => HOSTILE_CHARACTERS.filter((character) => text.includes(character))

/** Calls that take text or a path from the guest, of every capability. */
const takesText = ({ parameters }: AbiFunction) =>
  parameters.some(({ meaning }) => meaning.kind === 'pointer' && meaning.direction === 'in' && meaning.content !== 'bytes')
const TEXT_CALLS = ABI.filter((entry) => entry.result === 'errno' && takesText(entry))

/** The call with the same text in each of its texts, and room for its answers. */
function saying(entry: AbiFunction, text: string): string {
  const texts = new Texts(4096)
  const args: string[] = []
  let room = 64
  for (let i = 0; i < entry.parameters.length; i++) {
    const { type, meaning, name } = entry.parameters[i]!
    if (meaning.kind === 'pointer' && meaning.direction === 'in' && meaning.content !== 'bytes') {
      args.push(texts.put(text))
      // The length is the next parameter, and is in there already.
      i++
    } else if (meaning.kind === 'pointer') {
      args.push(`(i32.const ${room})`)
      room += 256
    } else if (meaning.kind === 'length') args.push(`(i32.const ${Math.min(64, meaning.max)})`)
    else if (meaning.kind === 'fd') args.push('(i32.const 3)')
    else args.push(`(${type}.const ${name === 'port' ? 443 : 0})`)
  }
  return `(module ${importsOf(entry.name)} (memory (export "memory") 1)
    (func (export "run") (result i32) (drop (call $${entry.name} ${args.join(' ')})) (i32.const 42))
    ${texts.data})`
}
const ANSWERS = { ...COMPLETED, values: ['42'] }
/** A network that allows nothing: whatever is asked for is refused, and the refusal says of what. */
const EVERYTHING = {
  policy: {
    capabilities: {
      fs: { mounts: [{ kind: 'memory', at: '/data' }] },
      net: { http: { allow: ['https://none.invalid'] }, dns: { allow: ['none.invalid'] }, tcp: { allow: ['none.invalid:1'] } },
      kv: { namespace: 'texts' },
      crypto: { keys: [] },
    },
  },
}

const textsInCalls = generator({
  name: 'texts-in-calls',
  family: 'texts',
  threats: ['OUT-01', 'OUT-02', 'OUT-03', 'OUT-05', 'OUT-06', 'OUT-07', 'OUT-08', 'OUT-12', 'MEM-17', 'MEM-19'],
  provenance: 'CWE-150, CWE-117, CVE-2021-42574, CWE-134; every parameter that the ABI table calls text or path',
  drafts: fc.record({ entry: fc.constantFrom(...TEXT_CALLS), text: hostile, plain: fc.stringMatching(/^[a-z]{1,20}$/) }).map(
    ({ entry, text, plain }): Draft => ({
      title: `${entry.name} with ${JSON.stringify(text).slice(0, 100)}`,
      attack: { wat: saying(entry, text), run: EVERYTHING, expect: { ...ANSWERS, ...forbid(text) } },
      twin: { wat: saying(entry, plain), run: EVERYTHING, expect: ANSWERS },
    }),
  ),
})
const forbid = (text: string) => {
  const forbidden = forbiddenIn(text)
  return forbidden.length > 0 ? { forbidden } : {}
}

const SECTIONS = ['sourceMappingURL', 'external_debug_info', 'producers', 'target_features', 'name', 'component-type'] as const
const textsInModules = generator({
  name: 'texts-in-modules',
  family: 'texts',
  threats: ['OUT-01', 'OUT-02', 'OUT-04', 'OUT-05', 'OUT-09', 'OUT-12', 'OUT-13', 'MOD-13'],
  provenance: 'core specification, appendix 7.4; CWE-150 and CWE-117; measured: V8 puts names into its messages as they are',
  drafts: fc
    .record({
      text: hostile,
      where: fc.constantFrom('export', 'debug name', 'import', 'section', 'section name'),
      section: fc.constantFrom(...SECTIONS),
      plain: fc.stringMatching(/^[a-z]{1,12}$/).filter((text) => !['run', 'crash'].includes(text)),
    })
    .map(({ text, where, section, plain }): Draft => {
      const twin = { bytes: names.build({ exports: [plain] }), run: { calls: [{ call: plain }] }, expect: ANSWERS }
      const title = `Hostile text in the place of a ${where}: ${JSON.stringify(text).slice(0, 90)}`
      const forbidden = forbid(text)
      switch (where) {
        case 'export':
          return {
            title,
            attack: {
              bytes: names.build({ exports: [text] }),
              run: { calls: [{ call: text }] },
              expect: { ...ANSWERS, ...forbidden },
            },
            twin,
          }
        case 'debug name':
          return {
            title,
            attack: {
              bytes: names.build({ debugName: text }),
              run: { calls: [{ call: 'crash' }] },
              expect: { outcomes: ['trapped'], details: ['trapped'], ...forbidden },
            },
            twin,
          }
        case 'import':
          return {
            title,
            attack: { bytes: names.build({ imports: [{ module: plain, name: text }] }), expect: { ...REFUSED, ...forbidden } },
            twin,
          }
        case 'section name':
          return {
            title,
            attack: { bytes: names.build({ customs: [{ name: text, contents: plain }] }), expect: { ...ANSWERS, ...forbidden } },
            twin,
          }
        default:
          return {
            title,
            attack: {
              bytes: names.build({ customs: [{ name: section, contents: text }] }),
              // What is no list of names may be passed over, or be refused.
              expect: { outcomes: ['completed', 'refused'], ...forbidden },
            },
            twin,
          }
      }
    }),
})

export const textGenerators: readonly Generator[] = [textsInCalls, textsInModules]
