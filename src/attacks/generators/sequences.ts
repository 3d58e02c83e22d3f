// Generators of sequences of host calls: handles that are opened, moved, used and used again after their end, each answer against a model (WSI-01 to
// WSI-04, WSI-16, CTL-09, CTL-12, MEM-24).
import fc from 'fast-check'
import { decodeProgram } from '../executor/decode.ts'
import { lowerProgram } from '../executor/lower.ts'
import { type Call, entryOf } from '../executor/program.ts'
import { GRANTED_CALLS } from '../granted.ts'
import { COMPLETED, type Draft, exits, type Generator, generator } from './generator.ts'
import { CREATE, importsOf, RIGHT, Texts } from './guest.ts'

/** The guest keeps the number of each thing that it opened in a slot; a slot of the model holds what that number means. */
const SLOTS = 5
const PAGE = 65_536
type Thing = 'file' | 'directory' | 'closed' | 'never'

type Step =
  | { readonly do: 'open'; readonly slot: number; readonly name: string }
  | { readonly do: 'open directory'; readonly slot: number }
  | { readonly do: 'close' | 'write' | 'seek' | 'stat' | 'list' | 'tell'; readonly slot: number }
  | { readonly do: 'renumber'; readonly slot: number; readonly to: number }

const slot = fc.nat({ max: SLOTS - 1 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('open' as const), slot, name: fc.constantFrom('a', 'b', 'c') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('open directory' as const), slot }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('close' as const), slot }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('write' as const, 'seek' as const, 'stat' as const, 'list' as const, 'tell' as const),
      slot,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('renumber' as const), slot, to: slot }) },
)

const RIGHTS = RIGHT.read | RIGHT.write | RIGHT.seek | RIGHT.tell | (1 << 21)
const BADF = 8
/** Number of a slot's handle, in guest memory. */
const at = (slot: number) => `(i32.load (i32.const ${slot * 4}))`

/** Handles that two slots share by their number: what becomes of one becomes of the other. The model names each handle once. */
interface Model {
  /** Which handle a slot's number stands for; -1 if nothing was ever opened there. */
  readonly slots: number[]
  readonly things: Thing[]
}

/**
 * What a call on a number must answer. `ok`: success; `bad`: no such handle; `wrong`: a handle of another kind, any error will do.
 * Written from the documentation of preview 1: a number that was closed or moved stands for nothing until it is given out again.
 */
type Answer = 'ok' | 'bad' | 'wrong'
const answerFor = (thing: Thing, wanted: Thing | 'any'): Answer =>
  thing === 'closed' || thing === 'never' ? 'bad' : wanted === 'any' || thing === wanted ? 'ok' : 'wrong'

function play(steps: readonly Step[]): { readonly lines: readonly string[]; readonly texts: Texts; readonly stale: boolean } {
  const texts = new Texts(2048)
  const model: Model = { slots: Array.from({ length: SLOTS }, () => -1), things: [] }
  /** Numbers of handles that are closed may be given out again: then the model cannot know what an old slot means, and forgets it. */
  let stale = false
  const thingOf = (slot: number): Thing => (model.slots[slot] === -1 ? 'never' : model.things[model.slots[slot]!]!)
  const opened = (slot: number, thing: Thing) => {
    // The lowest free number may be one that an old slot still holds.
    model.slots.forEach((handle, i) => {
      if (handle !== -1 && model.things[handle] === 'closed') model.slots[i] = -1
    })
    model.things.push(thing)
    model.slots[slot] = model.things.length - 1
  }
  const lines = steps.map((step, i): string => {
    const end = `(then (call $proc_exit (i32.const ${i + 1})))`
    const judge = (call: string, answer: Answer) => {
      if (answer === 'bad') stale = true
      if (answer === 'ok') return `(if ${call} ${end})`
      return answer === 'bad' ? `(if (i32.ne ${call} (i32.const ${BADF})) ${end})` : `(if (i32.eqz ${call}) ${end})`
    }
    /** Slots that mean nothing any more have a number that nothing ever has. */
    const forgotten = () =>
      model.slots.map((handle, slot) => (handle === -1 ? `(i32.store (i32.const ${slot * 4}) (i32.const 9999))` : '')).join(' ')
    switch (step.do) {
      case 'open':
      case 'open directory': {
        const directory = step.do === 'open directory'
        opened(step.slot, directory ? 'directory' : 'file')
        const path = directory ? texts.put('.') : texts.put(step.name)
        const call = directory
          ? `(call $path_open (i32.const 3) (i32.const 0) ${path} (i32.const 2) (i64.const ${1 << 14}) (i64.const 0) (i32.const 0) (i32.const ${step.slot * 4}))`
          : `(call $path_open (i32.const 3) (i32.const 0) ${path} (i32.const ${CREATE}) (i64.const ${RIGHTS}) (i64.const 0) (i32.const 0) (i32.const ${step.slot * 4}))`
        return `(if ${call} ${end}) ${forgotten()}`
      }
      case 'close': {
        const answer = answerFor(thingOf(step.slot), 'any')
        const line = judge(`(call $fd_close ${at(step.slot)})`, answer)
        if (answer === 'ok') model.things[model.slots[step.slot]!] = 'closed'
        return line
      }
      case 'write':
        return judge(
          `(call $fd_write ${at(step.slot)} ${texts.vector('x')} (i32.const 1) (i32.const 256))`,
          answerFor(thingOf(step.slot), 'file'),
        )
      case 'seek':
        return judge(
          `(call $fd_seek ${at(step.slot)} (i64.const 0) (i32.const 1) (i32.const 256))`,
          answerFor(thingOf(step.slot), 'file'),
        )
      case 'tell':
        return judge(`(call $fd_tell ${at(step.slot)} (i32.const 256))`, answerFor(thingOf(step.slot), 'file'))
      case 'stat':
        return judge(`(call $fd_fdstat_get ${at(step.slot)} (i32.const 256))`, answerFor(thingOf(step.slot), 'any'))
      case 'list':
        return judge(
          `(call $fd_readdir ${at(step.slot)} (i32.const 512) (i32.const 256) (i64.const 0) (i32.const 256))`,
          answerFor(thingOf(step.slot), 'directory'),
        )
      default: {
        const [from, to] = [thingOf(step.slot), thingOf(step.to)]
        const dead = [from, to].some((thing) => thing === 'closed' || thing === 'never')
        const line = judge(`(call $fd_renumber ${at(step.slot)} ${at(step.to)})`, dead ? 'bad' : 'ok')
        if (!dead && model.slots[step.slot] !== model.slots[step.to]) {
          // The number of `to` now stands for what `from` was, and the number of `from` for nothing.
          model.things[model.slots[step.to]!] = from
          model.things[model.slots[step.slot]!] = 'closed'
        }
        return line
      }
    }
  })
  return { lines, texts, stale }
}

function guest(steps: readonly Step[]): string {
  const { lines, texts } = play(steps)
  const calls = [
    'path_open',
    'fd_close',
    'fd_write',
    'fd_seek',
    'fd_tell',
    'fd_fdstat_get',
    'fd_readdir',
    'fd_renumber',
    'proc_exit',
  ]
  const unset = Array.from({ length: SLOTS }, (_, slot) => `(i32.store (i32.const ${slot * 4}) (i32.const 9999))`).join(' ')
  return `(module ${importsOf(...calls)} (memory (export "memory") 1)
    (func (export "_start") ${unset} ${lines.join('\n')} (call $proc_exit (i32.const 0)))
    ${texts.data})`
}

const handleSequences = generator({
  name: 'handle-sequences',
  family: 'sequences',
  threats: ['WSI-01', 'WSI-02', 'WSI-03', 'WSI-16', 'CTL-09', 'CTL-12', 'MEM-24'],
  provenance: 'wasi-testsuite renumber and close; CWE-416 and CWE-672, numbers of handles that are used after their end',
  drafts: fc
    .record({
      steps: fc.array(step, { minLength: 2, maxLength: 24 }).filter((steps) => play(steps).stale),
      name: fc.constantFrom('a', 'b', 'c'),
    })
    .map(({ steps, name }): Draft => {
      const run = { policy: { capabilities: { fs: { mounts: [{ kind: 'memory', at: '/data' }] } } } }
      const honest: Step[] = [
        { do: 'open', slot: 0, name },
        { do: 'write', slot: 0 },
        { do: 'open directory', slot: 1 },
        { do: 'list', slot: 1 },
        { do: 'seek', slot: 0 },
        { do: 'close', slot: 0 },
        { do: 'close', slot: 1 },
      ]
      return {
        title: steps
          .map((step) => `${step.do} ${step.slot}`)
          .join(', ')
          .slice(0, 150),
        attack: { wat: guest(steps), run, expect: exits(0) },
        twin: { wat: guest(honest), run, expect: exits(0) },
      }
    }),
})

const CALLS_GRANTED = new Set(GRANTED_CALLS)
/** Programs of the executor guest, as modules of their own; calls that the policy does not grant are left out, or no module would be admitted. */
const hostCallPrograms = generator({
  name: 'host-call-programs',
  family: 'sequences',
  threats: ['CTL-09', 'CTL-01', 'MEM-24', 'MEM-02', 'WSI-03', 'WSI-05', 'WSI-08'],
  provenance: 'typed programs of host calls in the manner of syzkaller, with results of earlier calls as arguments of later ones',
  drafts: fc.uint8Array({ minLength: 4, maxLength: 160 }).map((bytes): Draft => {
    const { seed, calls } = decodeProgram(bytes, PAGE)
    const program = { seed, calls: grantedOnly(calls) }
    const run = {
      policy: { capabilities: { fs: { mounts: [{ kind: 'memory', at: '/data' }] } } },
      limits: { wallClockMs: 2_000, cpuMs: 2_000 },
    }
    // A guest that is alive after a kill ends in a trap, as nothing else in it can.
    const wat = lowerProgram(program).replace(
      '(global.get $survived)))',
      '(if (global.get $survived) (then (unreachable))) (i32.const 0)))',
    )
    return {
      title:
        program.calls
          .map((call) => entryOf(call).name)
          .join(', ')
          .slice(0, 150) || 'no call at all',
      attack: { wat, run: { ...run, calls: [{ call: 'run' }] }, expect: { outcomes: ['completed', 'exited', 'limit'] } },
      twin: {
        wat: `(module ${importsOf('fd_fdstat_get')} (memory (export "memory") 1)
          (func (export "run") (result i32) (call $fd_fdstat_get (i32.const 1) (i32.const 64))))`,
        run,
        expect: { ...COMPLETED, values: ['0'] },
      },
    }
  }),
})

/** Without calls that are not granted, and those that use a result of one. Deep recursion is for another generator: it ends in a trap of its own. */
function grantedOnly(calls: readonly Call[]): readonly Call[] {
  const kept: Call[] = []
  const places = new Map<number, number>()
  for (const [i, call] of calls.entries()) {
    const known = call.args.every((argument) => argument.kind !== 'result' || places.has(argument.call))
    if (!CALLS_GRANTED.has(entryOf(call)) || !known || call.depth !== undefined) continue
    places.set(i, kept.length)
    const args = call.args.map((argument) =>
      argument.kind === 'result' ? { ...argument, call: places.get(argument.call)! } : argument,
    )
    kept.push({ ...call, args })
  }
  return kept
}

export const sequenceGenerators: readonly Generator[] = [handleSequences, hostCallPrograms]
