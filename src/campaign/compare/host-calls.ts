// Attacks on the functions that a host says it offers: sequences of calls with values at the ends of what there is, with results of earlier calls, and with
// texts. They know the types of the functions, and which of them allocate and store; nothing of what goes wrong where.
import { assemble } from '../../attacks/assemble.ts'
import type { Attack, Expectation } from '../../attacks/attack.ts'
import { DEFAULT_LIMITS } from '../../attacks/limits.ts'
import { type Chooser, Random } from '../../attacks/random.ts'
import type { NumberType, OfferedFunction } from '../../targets/target.ts'
import type { AttackGenerator } from '../generated.ts'

/** Names that mean something to the language of the host, to its file system or to its network. */
const TEXTS = [
  'constructor',
  '__proto__',
  'toString',
  'hasOwnProperty',
  '../../etc/passwd',
  'http://127.0.0.1/',
  '\0',
  'a'.repeat(64),
] as const
const ENDS = [
  0n,
  1n,
  -1n,
  8n,
  65_535n,
  65_536n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 48n,
  2n ** 53n,
  2n ** 63n - 1n,
] as const

/** An argument: a number, the result of an earlier call of the same type, or a text that was put where the host keeps such. */
type Argument = { readonly value: bigint } | { readonly earlier: number } | { readonly text: (typeof TEXTS)[number] }

interface Call {
  readonly to: OfferedFunction
  readonly args: readonly Argument[]
}

const MOST_CALLS = 6

function argumentFrom(choice: Chooser): Argument {
  const kind = choice.below(8)
  if (kind < 3) return { value: choice.pick(ENDS) }
  return kind < 5 ? { earlier: choice.below(MOST_CALLS) } : { text: choice.pick(TEXTS) }
}

function callsFrom(choice: Chooser, offers: readonly OfferedFunction[]): Call[] {
  return Array.from({ length: 1 + choice.below(MOST_CALLS) }, () => {
    const to = choice.pick(offers)
    return { to, args: to.parameters.map(() => argumentFrom(choice)) }
  })
}

/** Whatever the host makes of it, it ends in an orderly way: its own errors are its business, exceptions of the language that holds it are not. */
const ORDERLY: Expectation = { outcomes: ['completed', 'exited', 'trapped', 'refused', 'limit', 'terminated'] }
const COMPLETED: Expectation = { outcomes: ['completed'] }

/** Threats that such calls realise, the main one first: MEM-26 discriminants and values out of range, RES-05 sizes, LNK-01 names of prototypes. */
const THREATS = ['MEM-26', 'RES-05', 'LNK-01'] as const

export function hostCallGenerator(offers: readonly OfferedFunction[]): AttackGenerator {
  const run = { calls: [{ call: 'run' }], limits: DEFAULT_LIMITS }
  return {
    name: 'host-calls',
    family: 'host-calls',
    threats: THREATS,
    generate: async (seed): Promise<Attack> => {
      const sequence = callsFrom(new Random(seed), offers)
      const wat = (made: readonly Call[]) => assemble(guestOf(offers, made))
      return {
        id: `host-calls@${seed}`,
        title: `Calls of ${[...new Set(sequence.map(({ to }) => to.name))].join(', ')} with values at the ends`,
        threats: THREATS,
        provenance: 'the functions that the host says it offers',
        origin: { kind: 'generated', generator: 'host-calls', seed },
        bytes: await wat(sequence),
        run,
        expect: ORDERLY,
        // The same imports, and none of the calls: the host does offer what the attack uses.
        twin: { bytes: await wat([]), run, expect: COMPLETED },
      }
    },
  }
}

/** A guest that makes the calls one after the other, and keeps every result in a local of its own. */
function guestOf(offers: readonly OfferedFunction[], calls: readonly Call[]): string {
  const signature = ({ parameters, results }: OfferedFunction) =>
    `${parameters.map((type) => `(param ${type})`).join(' ')} ${results.map((type) => `(result ${type})`).join(' ')}`
  const imports = offers.map((offer, index) => `(import "${offer.module}" "${offer.name}" (func $f${index} ${signature(offer)}))`)
  const locals = calls.flatMap(({ to }, index) => to.results.slice(0, 1).map((type) => `(local $r${index} ${type})`))
  const body = calls.map(({ to, args }, index) => {
    const given = to.parameters.map((type, at) => argumentText(offers, calls.slice(0, index), type, args[at]!))
    const made = `(call $f${offers.indexOf(to)} ${given.join(' ')})`
    return to.results.length === 0 ? made : `(local.set $r${index} ${made})`
  })
  return `(module ${imports.join('\n')} (memory (export "memory") 1 1) ${textFunctions(offers)}
    (func (export "run") (local $t i64) ${locals.join(' ')} ${body.join('\n')}))`
}

function argumentText(offers: readonly OfferedFunction[], before: readonly Call[], type: NumberType, arg: Argument): string {
  if ('text' in arg && type === 'i64' && keeping(offers)) return `(call $text${TEXTS.indexOf(arg.text)})`
  if ('earlier' in arg) {
    const fitting = before.flatMap(({ to }, index) => (to.results[0] === type ? [index] : []))
    if (fitting.length > 0) return `(local.get $r${fitting[arg.earlier % fitting.length]})`
  }
  const value = 'value' in arg ? arg.value : BigInt('earlier' in arg ? arg.earlier : arg.text.length)
  return type === 'i32' ? `(i32.const ${BigInt.asIntN(32, value)})` : `(${type}.const ${value})`
}

/** The functions with which a host that keeps texts for its guests is given one, byte by byte. */
function keeping(offers: readonly OfferedFunction[]) {
  const allocate = offers.findIndex(({ role }) => role === 'allocate')
  const store = offers.findIndex(({ role }) => role === 'store-byte')
  return allocate < 0 || store < 0 ? null : { allocate, store }
}

function textFunctions(offers: readonly OfferedFunction[]): string {
  const found = keeping(offers)
  if (!found) return ''
  return TEXTS.map((text, index) => {
    const bytes = [...Buffer.from(text)].map(
      (byte, at) => `(call $f${found.store} (i64.add (local.get $at) (i64.const ${at})) (i32.const ${byte}))`,
    )
    return `(func $text${index} (result i64) (local $at i64) (local.set $at (call $f${found.allocate} (i64.const ${bytes.length}))) ${bytes.join(' ')} (local.get $at))`
  }).join('\n')
}
