// Generators of what comes with a module: manifests and policies that two readers take differently, signed bytes that were changed, modules that came
// before, and updates that want more (SUP-01 to SUP-12).
import fc from 'fast-check'
import { body, bytes, instruction, moduleOf, section, vec } from '../../wasm/writer.ts'
import { names } from '../recipes/hostile-names.ts'
import { signed } from '../recipes/signed.ts'
import { exportRun, functionsOfType0, SECTIONS, YIELD } from '../recipes/skeleton.ts'
import { COMPLETED, type Draft, type Generator, generator, REFUSED } from './generator.ts'

const ANSWERS = { ...COMPLETED, details: ['completed'], values: ['42'] }
const MANIFEST = 'gauntlet.manifest'
const manifested = (...contents: readonly string[]) =>
  names.build({ customs: contents.map((text) => ({ name: MANIFEST, contents: text })) })

const WISHES = [
  { capability: 'random', reason: 'To choose a word.' },
  { capability: 'clock', reason: 'To show the time.' },
  { capability: 'log', reason: 'To say what it did.' },
  { capability: 'metric', reason: 'To count words.' },
  { capability: 'args', reason: 'To know what to do.' },
] as const
const wishes = fc.subarray([...WISHES], { minLength: 1 })
interface Honest {
  readonly name: string
  readonly version: string
  readonly wishes: readonly (typeof WISHES)[number][]
}
const version = fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 9 }), fc.nat({ max: 9 })).map((parts) => parts.join('.'))
const honest: fc.Arbitrary<Honest> = fc.record({ name: fc.stringMatching(/^[a-z][a-z0-9-]{2,12}$/), version, wishes })
const manifestOf = ({ name, version, wishes }: Honest) => ({ manifest: 1, name, version, capabilities: wishes })

/** Changes after which a manifest is none, or would be read in more than one way (RFC 8259, sections 4, 6, 7 and 8.1; docs/manifest.md). */
const BREAKS: Readonly<Record<string, (text: string, honest: Honest) => string>> = {
  'a key twice': (text) => text.replace('"name"', '"version":"9.9.9","name"'),
  'a key twice, once with an escape': (text) => text.replace('"name"', '"v\\u0065rsion":"9.9.9","name"'),
  'a key that is not known': (text) => text.replace('"name"', '"trusted":true,"name"'),
  'the key __proto__': (text) => text.replace('"name"', '"__proto__":{"polluted":1},"name"'),
  'the key constructor': (text) => text.replace('"name"', '"constructor":{"prototype":{"polluted":1}},"name"'),
  'a comma too many': (text) => text.replace(/\}$/, ',}'),
  'a byte order mark': (text) => `\ufeff${text}`,
  'a comment': (text) => text.replace('{', '{/* honest */'),
  'other quotes': (text) => text.replaceAll('"', "'"),
  'text behind it': (text) => `${text}{}`,
  'a NUL behind it': (text) => `${text}\u0000`,
  'cut off': (text) => text.slice(0, -2),
  nothing: () => '',
  'an array': (text) => `[${text}]`,
  'another version of the format': (text) => text.replace('"manifest":1', '"manifest":2'),
  'the version of the format as text': (text) => text.replace('"manifest":1', '"manifest":"1"'),
  'a name in capitals': (text, { name }) => text.replace(`"${name}"`, `"${name.toUpperCase()}"`),
  'a name with a letter of another script': (text, { name }) => text.replace(`"${name}"`, `"${name}\u0430"`),
  'a name with a direction': (text, { name }) => text.replace(`"${name}"`, `"${name}\u202e"`),
  'no version': (text, { version }) => text.replace(`"version":"${version}",`, ''),
  'a version that is none': (text, { version }) => text.replace(`"${version}"`, `"0${version}"`),
  'a capability twice': (text, { wishes }) => text.replace('"capabilities":[', `"capabilities":[${JSON.stringify(wishes[0])},`),
  'a capability that is not known': (text) =>
    text.replace('"capabilities":[', '"capabilities":[{"capability":"everything","reason":"x"},'),
  'a capability without a reason': (text) => text.replace(/,"reason":"[^"]*"/, ''),
  'a wish with a key that is not known': (text) => text.replace('"reason":', '"granted":true,"reason":'),
  'a number in another form': (text) => text.replace('"manifest":1', '"manifest":01'),
  'half a surrogate': (text) => text.replace('"reason":"', '"reason":"\\ud800'),
  'deep nesting': (text) => text.replace('"name"', `"x":${'['.repeat(5000)}${']'.repeat(5000)},"name"`),
}
/** Manifests and signatures are ours to read: what another host makes of such a module says nothing about it. */
const OURS = { supply: {} }

/** The same manifest, written otherwise. */
const REWRITES: readonly ((value: object) => string)[] = [
  (value) => JSON.stringify(value),
  (value) => JSON.stringify(value, null, 2),
  (value) => `\n\t ${JSON.stringify(value)} \r\n`,
  (value) => JSON.stringify(Object.fromEntries(Object.entries(value).reverse())),
  (value) => JSON.stringify(value).replace('"name"', '"n\\u0061me"'),
]

const manifestTexts = generator({
  name: 'manifest-texts',
  family: 'supply',
  threats: ['SUP-01', 'SUP-02', 'SUP-11', 'SUP-12', 'OUT-09'],
  provenance: 'RFC 8259, sections 4 and 8; CWE-436; CVE-2022-21824 and CVE-2026-21710 (__proto__ as a key of a document)',
  drafts: fc
    .record({ honest, how: fc.constantFrom('two sections', ...Object.keys(BREAKS)), rewrite: fc.constantFrom(...REWRITES) })
    .map(({ honest, how, rewrite }): Draft => {
      const text = JSON.stringify(manifestOf(honest))
      const broken = BREAKS[how]
      const module = broken ? manifested(broken(text, honest)) : manifested(text, text)
      return {
        title: `A manifest with ${how}`,
        attack: { bytes: module, run: OURS, expect: REFUSED },
        twin: { bytes: manifested(rewrite(manifestOf(honest))), run: OURS, expect: ANSWERS },
      }
    }),
})

/** The three parts of a version as one number; the parts have one digit. */
const rank = (text: string) => Number(text.replaceAll('.', ''))
const updates = generator({
  name: 'updates-that-want-more',
  family: 'supply',
  threats: ['SUP-03', 'OUT-09'],
  provenance: 'CWE-345; CWE-1328; extensions of editors that were sold and updated',
  drafts: fc
    .record({
      first: honest,
      second: honest,
      more: fc.subarray([...WISHES], { minLength: 1 }),
      older: fc.boolean(),
      someone: fc.constantFrom('acme', 'other'),
    })
    .map(({ first, second, more, older, someone }): Draft => {
      // The reference: an agreement covers the same name for the same principal, not less than its version, and no wish that was not in it.
      const [low, high] =
        rank(first.version) <= rank(second.version) ? [first.version, second.version] : [second.version, first.version]
      const known = { ...first, version: older && low !== high ? high : low }
      const wanted = [...new Set([...first.wishes, ...more])]
      const next = { ...first, version: older && low !== high ? low : high, wishes: wanted }
      const widens = wanted.length > first.wishes.length
      const stranger = someone === 'other'
      const legal = !widens && !(older && low !== high) && !stranger
      const supply = (principal: string) => ({
        principal,
        manifest: {},
        before: [{ module: manifested(JSON.stringify(manifestOf(known))), answer: 'granted' as const, principal: 'acme' }],
      })
      // A draw that is honest by chance is made a stranger's.
      const principal = legal ? 'other' : stranger ? 'other' : 'acme'
      return {
        title: `${next.version} wants ${wanted.map(({ capability }) => capability).join(', ')}; agreed for ${known.version}: ${first.wishes.map(({ capability }) => capability).join(', ')}`,
        attack: {
          bytes: manifested(JSON.stringify(manifestOf(next))),
          run: { supply: supply(principal) },
          expect: { outcomes: ['refused'], details: ['consent-refused'] },
        },
        twin: {
          bytes: manifested(JSON.stringify(manifestOf({ ...known, wishes: first.wishes }))),
          run: { supply: supply('acme') },
          expect: ANSWERS,
        },
      }
    }),
})

const POLICY = `extends: default
isolation: {level: jail}
quotas: {memoryBytes: 4MiB, handles: 20}
capabilities:
  random: system
  net: null
`
/** Changes after which a policy is none, or says something else to another reader (YAML 1.2.2; docs/policy.md). */
const POLICY_BREAKS: Readonly<Record<string, string>> = {
  'a misspelt key': POLICY.replace('quotas', 'quota'),
  'a misspelt quota': POLICY.replace('memoryBytes', 'memorybytes'),
  'a misspelt capability': POLICY.replace('random', 'randon'),
  'a key twice': `${POLICY}quotas: {handles: 30}\n`,
  'a quota twice': POLICY.replace('handles: 20', 'handles: 20, handles: 3000'),
  'a negative quota': POLICY.replace('20', '-1'),
  'a quota that is no number': POLICY.replace('20', 'many'),
  'a quota that is no finite number': POLICY.replace('20', '.inf'),
  'a quota that is not a number': POLICY.replace('20', '.nan'),
  'a unit that there is not': POLICY.replace('4MiB', '4 megs'),
  'a profile that there is not': POLICY.replace('default', 'Default'),
  'a list for a policy': `- extends: default\n`,
  'a text for a policy': 'default',
  nothing: '',
  'the key __proto__': `${POLICY}__proto__: {capabilities: {kv: {namespace: x}}}\n`,
  'an alias': POLICY.replace('quotas: {', 'quotas: &q {').replace('net: null', 'net: *q'),
  'a merge key': `${POLICY}base: &b {handles: 9999}\n`.replace('handles: 20', '<<: *b'),
  'a tag': POLICY.replace('random: system', 'random: !!js/function "x"'),
  'another version of YAML': `%YAML 1.1\n---\n${POLICY}`,
  'two documents': `${POLICY}---\n${POLICY}`,
  'a star in the middle': POLICY.replace('net: null', 'net: {http: {allow: ["https://a.*.example"]}}'),
  'a star for everything': POLICY.replace('net: null', 'net: {http: {allow: ["*"]}}'),
  'a path with dots': POLICY.replace('net: null', 'fs: {mounts: [{kind: memory, at: /data/../etc}]}'),
  'a yes that is a word': POLICY.replace('net: null', 'log: yes'),
  'an isolation that there is not': POLICY.replace('jail', 'none'),
}
const GUEST = names.build({})
const policyTexts = generator({
  name: 'policy-texts',
  family: 'supply',
  threats: ['SUP-01', 'SUP-09', 'SUP-10'],
  provenance: 'CVE-2024-21890 (Node.js, wildcards in the middle of a path); CWE-1188; YAML 1.2.2, chapters 3 and 7',
  drafts: fc
    .record({
      how: fc.constantFrom(...Object.keys(POLICY_BREAKS)),
      handles: fc.integer({ min: 10, max: 99 }),
      comment: fc.stringMatching(/^[a-z ]{0,20}$/),
    })
    .map(({ how, handles, comment }): Draft => {
      const dressed = (text: string) => `# ${comment}\n${text.replace('handles: 20', `handles: ${handles}`)}`
      const bare = how === 'another version of YAML' || how === 'nothing'
      return {
        title: `A policy with ${how}`,
        attack: {
          bytes: GUEST,
          run: { supply: { policyText: bare ? POLICY_BREAKS[how]! : dressed(POLICY_BREAKS[how]!) } },
          expect: { outcomes: ['refused'], details: ['policy-refused'] },
        },
        twin: { bytes: GUEST, run: { supply: { policyText: dressed(POLICY) } }, expect: ANSWERS },
      }
    }),
})

/** The public key of the recipe's first key, whose secret bytes are all 1. */
const KEY = 'iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w='
const SIGNED = signed.build({ signers: [1], change: 'none' })
const signedBytes = generator({
  name: 'signed-bytes',
  family: 'supply',
  threats: ['SUP-04', 'SUP-05'],
  provenance: 'WebAssembly tool-conventions, Signatures.md; CWE-347',
  drafts: fc
    .record({
      at: fc.nat({ max: SIGNED.length - 1 }),
      flip: fc.integer({ min: 1, max: 255 }),
      how: fc.constantFrom('change', 'change', 'change', 'remove', 'insert', 'cut off', 'append'),
      extra: fc.uint8Array({ minLength: 1, maxLength: 6 }),
    })
    .map(({ at, flip, how, extra }): Draft => {
      const front = SIGNED.subarray(0, at)
      const back = SIGNED.subarray(at + 1)
      const changed =
        how === 'change'
          ? [...front, SIGNED[at]! ^ flip, ...back]
          : how === 'remove'
            ? [...front, ...back]
            : how === 'insert'
              ? [...front, flip, SIGNED[at]!, ...back]
              : how === 'cut off'
                ? [...front]
                : [...SIGNED, 0x00, extra.length + 2, 1, 0x61, ...extra]
      const same = changed.length === SIGNED.length && changed.every((byte, i) => byte === SIGNED[i])
      const run = { ...OURS, policy: { signatures: { required: 1, keys: [{ name: 'a', publicKey: KEY }] } } }
      return {
        title: `A signed module, ${how} at byte ${at} of ${SIGNED.length}`,
        attack: { bytes: Uint8Array.from(same ? changed.slice(0, -1) : changed), run, expect: REFUSED },
        twin: { bytes: SIGNED, run, expect: ANSWERS },
      }
    }),
})

/** `run` gives the number: modules that differ in nothing else. */
const giving = (value: number): Uint8Array =>
  moduleOf(
    section(SECTIONS.type, vec([YIELD])),
    functionsOfType0(1),
    exportRun(0),
    section(SECTIONS.code, vec([body(bytes(instruction.i32Const(value), instruction.end))])),
  )
const earlierModules = generator({
  name: 'modules-that-came-before',
  family: 'supply',
  threats: ['SUP-06', 'SUP-07', 'ENG-03'],
  provenance: 'CWE-345; CVE-2022-39266 (isolated-vm, cached data of somebody else)',
  drafts: fc
    .record({
      earlier: fc.array(fc.record({ value: fc.nat({ max: 63 }), principal: fc.constantFrom('acme', 'other') }), {
        minLength: 1,
        maxLength: 5,
      }),
      value: fc.nat({ max: 63 }),
      reuse: fc.constantFrom('never', 'same-module', 'same-principal'),
    })
    .map(({ earlier, value, reuse }): Draft => {
      const before = earlier.map(({ value, principal }) => ({ module: giving(value), principal }))
      const policy = { isolation: { reuse } }
      const expect = { ...COMPLETED, values: [String(value)] }
      return {
        title: `A module that gives ${value}, behind ${earlier.map(({ value }) => value).join(', ')}, with cells for ${reuse}`,
        attack: { bytes: giving(value), run: { policy, supply: { principal: 'acme', before } }, expect },
        twin: { bytes: giving(value), run: { policy }, expect },
      }
    }),
})

export const supplyGenerators: readonly Generator[] = [manifestTexts, updates, policyTexts, signedBytes, earlierModules]
