// Random programs that end: all kinds of control flow over a few locals and a small memory. Functions call only those behind them, and loops count.
import fc from 'fast-check'
import { writer as w } from '../../src/wasm/index.ts'

const { instruction: i } = w

/** Locals: two parameters, three for values, and one to count for each loop that may be open. */
const VALUES = 5
const MAX_LOOPS = 4
const LOCALS = 3 + MAX_LOOPS

interface Context {
  /** Labels that can be branched to. */
  readonly labels: number
  readonly loops: number
  readonly function: number
  readonly functions: number
  readonly throws: boolean
}
/** Writes itself for the place where it stands. */
type Code = (context: Context) => Uint8Array

const sequence =
  (parts: readonly Code[]): Code =>
  (context) =>
    w.concat(parts.map((part) => part(context)))
const inner = (context: Context, labels = 1): Context => ({ ...context, labels: context.labels + labels })

const value = fc.nat(VALUES - 1)
const BINARY = [0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x71, 0x72, 0x73, 0x74, 0x46, 0x48, 0x4b] as const

const { expression } = fc.letrec<{ expression: Code }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'expression' },
    fc.integer({ min: -9, max: 9 }).map(
      (number): Code =>
        () =>
          i.i32Const(number),
    ),
    value.map(
      (local): Code =>
        () =>
          i.localGet(local),
    ),
    fc.tuple(fc.constantFrom(...BINARY), tie('expression'), tie('expression')).map(
      ([opcode, a, b]): Code =>
        (context) =>
          w.bytes(a(context), b(context), opcode),
    ),
    // Mostly within the memory.
    tie('expression').map(
      (at): Code =>
        (context) =>
          w.bytes(at(context), i.i32Const(0xffff), 0x71, 0x28, w.memarg(0)),
    ),
    fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(
      ([a, b, c]): Code =>
        (context) =>
          w.bytes(a(context), b(context), c(context), 0x1b),
    ),
  ),
}))

const { statement } = fc.letrec<{ statement: Code; statements: Code }>((tie) => ({
  statements: fc.array(tie('statement'), { maxLength: 5 }).map(sequence),
  statement: fc.oneof(
    { maxDepth: 5, depthIdentifier: 'statement' },
    fc.tuple(value, expression).map(
      ([local, code]): Code =>
        (context) =>
          w.bytes(code(context), i.localSet(local)),
    ),
    fc.tuple(expression, expression).map(
      ([at, code]): Code =>
        (context) =>
          w.bytes(at(context), i.i32Const(0xfff), 0x71, code(context), 0x36, w.memarg(0)),
    ),
    fc.tuple(expression, tie('statements'), tie('statements')).map(
      ([condition, then, otherwise]): Code =>
        (context) =>
          w.bytes(condition(context), 0x04, 0x40, then(inner(context)), 0x05, otherwise(inner(context)), w.END),
    ),
    fc.tuple(expression, tie('statements')).map(
      ([condition, then]): Code =>
        (context) =>
          w.bytes(condition(context), 0x04, 0x40, then(inner(context)), w.END),
    ),
    tie('statements').map(
      (code): Code =>
        (context) =>
          i.block(code(inner(context))),
    ),
    fc.tuple(fc.integer({ min: 1, max: 4 }), tie('statements')).map(([turns, code]) => loop(turns, code)),
    fc.tuple(fc.nat(), expression).map(
      ([label, condition]): Code =>
        (context) =>
          w.bytes(condition(context), i.brIf(label % context.labels)),
    ),
    fc.nat().map(
      (label): Code =>
        (context) =>
          i.br(label % context.labels),
    ),
    fc.tuple(fc.array(fc.nat(), { maxLength: 4 }), fc.nat(), expression).map(
      ([labels, last, which]): Code =>
        (context) =>
          w.bytes(
            which(context),
            i.brTable(
              labels.map((label) => label % context.labels),
              last % context.labels,
            ),
          ),
    ),
    fc.constant<Code>(() => w.bytes(i.localGet(2), i.return)),
    fc.tuple(fc.nat(), expression, value).map(([which, argument, local]) => call(which, argument, local)),
    fc.integer({ min: 0, max: 300 }).map(
      (length): Code =>
        () =>
          w.bytes(i.i32Const(8), i.i32Const(length), i.i32Const(length), w.prefixed(0xfc, 11), 0),
    ),
    tie('statements').map((code) => guarded(code)),
    fc.constant<Code>(({ throws }) => (throws ? w.bytes(0x08, 0) : i.nop)),
  ),
}))

/** Counts down in a local of its own, at the head, so that a branch back counts too. */
function loop(turns: number, code: Code): Code {
  return (context) => {
    if (context.loops === MAX_LOOPS) return code(context)
    const counter = VALUES + context.loops
    const body = code({ ...inner(context, 2), loops: context.loops + 1 })
    const head = w.bytes(i.localGet(counter), 0x45, i.brIf(1), i.localGet(counter), i.i32Const(1), 0x6b, i.localSet(counter))
    return w.bytes(i.i32Const(turns), i.localSet(counter), i.block(i.loop(w.bytes(head, body, i.br(0)))))
  }
}

function call(which: number, argument: Code, local: number): Code {
  return (context) => {
    const behind = context.functions - context.function - 1
    if (behind === 0) return i.nop
    const callee = context.function + 1 + (which % behind)
    return w.bytes(argument(context), i.localGet(0), i.call(callee), i.localSet(local))
  }
}

/** `try` … `catch` (the older form, which the oldest engine in use knows too). */
function guarded(code: Code): Code {
  return (context) =>
    context.throws
      ? w.bytes(0x06, 0x40, code(inner(context)), 0x07, 0, i.localGet(2), i.i32Const(3), 0x6a, i.localSet(2), w.END)
      : i.block(code(inner(context)))
}

/** A module that exports `run(i32, i32) -> i32` and its memory. */
export const program = fc
  .record({ bodies: fc.array(fc.array(statement, { maxLength: 8 }), { minLength: 1, maxLength: 3 }), throws: fc.boolean() })
  .map(({ bodies, throws }): Uint8Array<ArrayBuffer> => {
    const body = (statements: readonly Code[], index: number) => {
      const context = { labels: 1, loops: 0, function: index, functions: bodies.length, throws }
      // The function's own label takes a result, so the statements stand in a block of their own.
      const code = w.bytes(i.block(sequence(statements)(context)), i.localGet(2), w.END)
      return w.body(code, [[LOCALS, 'i32']])
    }
    return new Uint8Array(
      w.moduleOf(
        w.typeSection(w.functionType(['i32', 'i32'], ['i32']), w.functionType()),
        w.functionSection(...bodies.map(() => 0)),
        w.memorySection([0, 1]),
        ...(throws ? [w.tagSection([0, 1])] : []),
        w.exportSection(w.bytes(w.name('run'), 0, 0), w.bytes(w.name('memory'), 2, 0)),
        w.codeSection(...bodies.map(body)),
      ),
    )
  })
