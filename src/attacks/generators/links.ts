// Generators of imports and exports whose names, kinds and types select what a host did not mean to give (LNK-01 to LNK-20, OUT-01 to OUT-03).
import fc from 'fast-check'
import { type AbiFunction, WASI_MODULE } from '../../sandbox/host/abi/index.ts'
import { body, bytes, END, functionType, moduleOf, name, section, u32, vec } from '../../wasm/writer.ts'
import { GRANTED_CALLS, REFUSED_CALLS } from '../granted.ts'
import { exportKinds, names } from '../recipes/hostile-names.ts'
import { SECTIONS, YIELD } from '../recipes/skeleton.ts'
import { COMPLETED, type Draft, type Generator, generator, REFUSED } from './generator.ts'
import { HOSTILE_CHARACTERS } from './texts.ts'

type Type = 'i32' | 'i64' | 'f32' | 'f64' | 'externref' | 'funcref'
const typesOf = (entry: AbiFunction): [Type[], Type[]] => [
  entry.parameters.map(({ type }) => type),
  entry.result === 'errno' ? ['i32'] : [],
]

/** Everything that an import can be, encoded behind its names. Type 0 is () -> i32, type 1 the one given. */
const DESCRIPTORS = {
  function: bytes(0x00, 1),
  table: bytes(0x01, 0x70, 0x00, 1),
  memory: bytes(0x02, 0x00, 1),
  'constant externref': bytes(0x03, 0x6f, 0x00),
  'constant i32': bytes(0x03, 0x7f, 0x00),
  'mutable global': bytes(0x03, 0x7f, 0x01),
  tag: bytes(0x04, 0x00, 2),
} as const
type Kind = keyof typeof DESCRIPTORS

interface Wanted {
  readonly module: string
  readonly field: string
  readonly kind?: Kind
  readonly type?: readonly [readonly Type[], readonly Type[]]
}

/** A module with these imports, and a function `run` that returns 42 without using any of them. */
function importing(wanted: readonly Wanted[]): Uint8Array {
  const entries = wanted.map(({ module, field, kind = 'function' }) => bytes(name(module), name(field), DESCRIPTORS[kind]))
  const [params, results] = wanted.find(({ type }) => type)?.type ?? [[], ['i32']]
  const imported = wanted.filter(({ kind = 'function' }) => kind === 'function').length
  return moduleOf(
    section(SECTIONS.type, vec([YIELD, functionType(params, results), functionType(['externref'])])),
    section(SECTIONS.import, vec(entries)),
    section(SECTIONS.function, vec([u32(0)])),
    section(SECTIONS.export, vec([bytes(name('run'), 0x00, u32(imported))])),
    section(SECTIONS.code, vec([body([0x41, 42, END])])),
  )
}

const granted = fc
  .constantFrom(...GRANTED_CALLS)
  .map((entry): Wanted => ({ module: entry.module, field: entry.name, type: typesOf(entry) }))
const ANSWERS = { ...COMPLETED, values: ['42'] }
const allowed = (wanted: Wanted) => ({ bytes: importing([wanted]), expect: ANSWERS })

const INHERITED = [
  ...Reflect.ownKeys(Object.prototype),
  ...Reflect.ownKeys(Function.prototype),
  ...Reflect.ownKeys(Object),
].filter((key) => typeof key === 'string')
const type = fc.tuple(
  fc.array(fc.constantFrom<Type>('i32', 'i64', 'f64', 'externref'), { maxLength: 4 }),
  fc.array(fc.constantFrom<Type>('i32', 'externref'), { maxLength: 1 }),
)
const kind = fc.constantFrom(...(Object.keys(DESCRIPTORS) as Kind[]))

const prototypeKeys = generator({
  name: 'prototype-keys',
  family: 'links',
  threats: ['LNK-01', 'LNK-04', 'LNK-03'],
  provenance: 'JS API, "read the imports"; linked with plain import objects on Node 20, 22, 24 and 26',
  drafts: fc
    .record({
      module: fc.oneof(fc.constantFrom(WASI_MODULE, 'env'), fc.constantFrom(...INHERITED)),
      field: fc.constantFrom(...INHERITED),
      kind: fc.oneof({ weight: 3, arbitrary: fc.constant<Kind>('function') }, kind),
      type,
      twin: granted,
    })
    .map(({ module, field, kind, type, twin }) => ({
      title: `Import of ${module}.${field} as ${kind}`,
      attack: { bytes: importing([{ module, field, kind, type }]), expect: REFUSED },
      twin: allowed(twin),
    })),
})

const wrongSignatures = generator({
  name: 'wrong-signatures',
  family: 'links',
  threats: ['LNK-17', 'MEM-14'],
  provenance: 'JS API, function imports: a JavaScript function fits every type',
  drafts: fc
    .record({
      entry: fc.constantFrom(...GRANTED_CALLS),
      how: fc.constantFrom('add', 'drop', 'widen', 'result'),
      twin: granted,
      as: fc.constantFrom<Type>('i64', 'f64', 'externref', 'funcref'),
    })
    .map(({ entry, how, as, twin }) => {
      const [params, results] = typesOf(entry)
      // A call without parameters has nothing to drop or to widen: it gets one more instead.
      const grown = how === 'add' || (params.length === 0 && how !== 'result')
      const wrong: [Type[], Type[]] = grown
        ? [[...params, as], results]
        : how === 'drop'
          ? [params.slice(1), results]
          : how === 'widen'
            ? [[as === 'i64' && params[0] === 'i64' ? 'i32' : as, ...params.slice(1)], results]
            : [params, results.length > 0 ? [as] : ['i32']]
      return {
        title: `${entry.name} imported with another type: ${how}`,
        attack: { bytes: importing([{ module: entry.module, field: entry.name, type: wrong }]), expect: REFUSED },
        twin: allowed(twin),
      }
    }),
})

/** Ways to write a name so that it looks, or once was, or after some cleaning is, the granted one. */
const NEAR: readonly ((text: string) => string)[] = [
  (t) => t.toUpperCase(),
  (t) => ` ${t}`,
  (t) => `${t} `,
  (t) => `${t}\u0000`,
  (t) => `${t}\u0000x`,
  (t) => `${t}\u200b`,
  (t) => `\ufeff${t}`,
  (t) => `${t}@0.2.0`,
  (t) => `./${t}`,
  (t) => t.replace('_', '-'),
  (t) => t.replace('a', '\u0430'),
  (t) => t.replace('s', '\u017f'),
  (t) => t.normalize('NFD').replace('_', '\uff3f'),
  (t) => t.slice(0, -1),
  (t) => `${t}${t}`,
  () => '',
]
const ELSEWHERE = [
  'wasi_unstable',
  'wasi',
  'wasi_snapshot_preview0',
  'wasi_snapshot_preview2',
  'wasi:cli/exit@0.2.0',
  'wasm:js-string',
  'wasm:text-encoder',
  'env',
  'GOT.mem',
  'WebAssembly',
  'globalThis',
]
const nearNames = generator({
  name: 'near-names',
  family: 'links',
  threats: ['LNK-20', 'LNK-19', 'LNK-18', 'LNK-05'],
  provenance: 'component-model#395; zed-industries/zed#55533; JS API builtins; uvwasi#266',
  drafts: fc
    .record({
      entry: fc.constantFrom(...GRANTED_CALLS),
      change: fc.constantFrom(...NEAR),
      where: fc.constantFrom('module', 'field', 'elsewhere'),
      elsewhere: fc.constantFrom(...ELSEWHERE),
      twin: granted,
    })
    .map(({ entry, change, where, elsewhere, twin }) => {
      const near = (text: string) => (change(text) === text ? `${text}_` : change(text))
      const module = where === 'elsewhere' ? elsewhere : where === 'module' ? near(entry.module) : entry.module
      const field = where === 'field' ? near(entry.name) : entry.name
      return {
        title: `A name that is not quite that of ${entry.name}`,
        attack: { bytes: importing([{ module, field, type: typesOf(entry) }]), expect: REFUSED },
        twin: allowed(twin),
      }
    }),
})

const EVENT_OF: Readonly<Record<string, string>> = { fs: 'file-access', net: 'network-access' }
const notGranted = generator({
  name: 'calls-not-granted',
  family: 'links',
  threats: ['WSI-13', 'LNK-19'],
  provenance: 'WASI preview 1; partial shims that answer 0 or throw strings',
  drafts: fc.record({ entry: fc.constantFrom(...REFUSED_CALLS), before: granted, twin: granted }).map(({ entry, twin }) => {
    const event = EVENT_OF[entry.capabilities[0] ?? '']
    return {
      title: `${entry.name}, rightly typed, without its capability`,
      attack: {
        bytes: importing([{ module: entry.module, field: entry.name, type: typesOf(entry) }]),
        expect: { ...REFUSED, events: ['module-refused', ...(event ? [event] : [])] },
      },
      twin: allowed(twin),
    }
  }),
})

const importKinds = generator({
  name: 'import-kinds',
  family: 'links',
  threats: ['LNK-11', 'LNK-06', 'LNK-04'],
  provenance: 'JS API, "read the imports": memories, tables, globals and tags can be asked for as well',
  drafts: fc
    .record({
      kind: kind.filter((each) => each !== 'function'),
      module: fc.constantFrom(WASI_MODULE, 'env', 'js'),
      field: fc.oneof(
        fc.constantFrom('memory', '__indirect_function_table', '__stack_pointer', 'JSTag', 'table', 'mem'),
        fc.constantFrom(...GRANTED_CALLS.map((entry) => entry.name)),
      ),
      twin: granted,
    })
    .map(({ kind, module, field, twin }) => ({
      title: `Import of ${module}.${field} as ${kind}`,
      attack: { bytes: importing([{ module, field, kind }]), expect: REFUSED },
      twin: allowed(twin),
    })),
})

/** Export names that do something when they are awaited, copied, printed or compiled. */
const HOSTILE_EXPORTS = [
  'then',
  'catch',
  'finally',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'toJSON',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
  'Symbol(Symbol.asyncIterator)',
  'length',
  '0',
  '-1',
  '4294967295',
  "');globalThis.escaped=1;('",
  '`+(globalThis.escaped=1)+`',
  '</script><script>globalThis.escaped=1</script>',
]
const exportNames = generator({
  name: 'export-names',
  family: 'links',
  threats: ['LNK-08', 'LNK-07', 'LNK-09'],
  provenance: 'WebAssembly/spec#2034; CVE-2023-39333; measured on Node 20, 22, 24 and 26',
  drafts: fc
    .record({
      hostile: fc.uniqueArray(fc.constantFrom(...HOSTILE_EXPORTS), { minLength: 1, maxLength: 6 }),
      plain: fc
        .stringMatching(/^[a-z]{1,12}$/)
        .filter((text) => !['run', 'crash'].includes(text) && !HOSTILE_EXPORTS.includes(text)),
    })
    .map(
      ({ hostile, plain }): Draft => ({
        title: `Exports ${hostile.map((each) => JSON.stringify(each)).join(', ')}`,
        attack: {
          bytes: names.build({ exports: hostile }),
          run: { calls: [{ call: 'run' }, { call: hostile[0]! }] },
          expect: ANSWERS,
        },
        twin: { bytes: names.build({ exports: [plain] }), run: { calls: [{ call: 'run' }, { call: plain }] }, expect: ANSWERS },
      }),
    ),
})

const EXPECTED_BY_HOSTS = [
  '_start',
  '_initialize',
  'run',
  'main',
  'memory',
  'malloc',
  'free',
  'alloc',
  '__indirect_function_table',
  'asyncify_start_unwind',
  'then',
] as const
const swappedKinds = generator({
  name: 'export-kinds',
  family: 'links',
  threats: ['LNK-10'],
  provenance: 'measured: new Uint8Array(undefined) is an empty view without an error',
  drafts: fc
    .dictionary(fc.constantFrom(...EXPECTED_BY_HOSTS), fc.constantFrom('function', 'table', 'memory', 'global'), {
      minKeys: 1,
      maxKeys: 8,
      noNullPrototype: true,
    })
    .map((exports) => ({
      title: `Exports of unexpected kinds: ${Object.entries(exports)
        .map((pair) => pair.join(' is a '))
        .join(', ')}`,
      attack: { bytes: exportKinds.build({ exports: exports as never }), expect: { outcomes: ['completed', 'refused'] } },
      twin: { bytes: exportKinds.build({ exports: { run: 'function', memory: 'memory' } }), expect: COMPLETED },
    })),
})

const hostileText = generator({
  name: 'hostile-text',
  family: 'texts',
  threats: ['OUT-01', 'OUT-02', 'OUT-03', 'MOD-13'],
  provenance: 'CWE-150, CWE-117, CVE-2021-42574; measured: V8 puts names into its messages as they are',
  drafts: fc
    .record({
      parts: fc.array(fc.tuple(fc.constantFrom(...HOSTILE_CHARACTERS), fc.string({ maxLength: 8 })), {
        minLength: 1,
        maxLength: 6,
      }),
      times: fc.constantFrom(1, 1, 50),
      where: fc.constantFrom('import', 'debug name'),
      twin: fc.string({ minLength: 1, maxLength: 30 }).filter((text) => !['run', 'crash'].includes(text)),
    })
    .map(({ parts, times, where, twin }): Draft => {
      const text = parts
        .map((pair) => pair.join(''))
        .join('')
        .repeat(times)
      const forbidden = [...new Set(parts.map(([hostile]) => hostile))]
      const attack =
        where === 'import'
          ? { bytes: names.build({ imports: [{ module: text, name: text }] }), expect: { ...REFUSED, forbidden } }
          : {
              bytes: names.build({ debugName: text }),
              run: { calls: [{ call: 'crash' }] },
              expect: { outcomes: ['trapped' as const], details: ['trapped'], forbidden },
            }
      return {
        title: `Hostile characters in an ${where}`,
        attack,
        twin: { bytes: names.build({ exports: [twin] }), run: { calls: [{ call: twin }] }, expect: ANSWERS },
      }
    }),
})

export const linkGenerators: readonly Generator[] = [
  prototypeKeys,
  wrongSignatures,
  nearNames,
  notGranted,
  importKinds,
  exportNames,
  swappedKinds,
  hostileText,
]
