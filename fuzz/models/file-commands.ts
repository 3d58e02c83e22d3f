// Programs of file calls, and what each must come to by the model. Few names and few handles, so that calls meet what others left.
import fc from 'fast-check'
import { PairCommand } from './commands.ts'
import type { Answered, FileCalls } from './file-calls.ts'
import type { Expected, FileSystemModel } from './file-system.ts'

/** A model with the calls that it is compared with. */
export interface FilePair {
  readonly model: FileSystemModel
  readonly real: FileCalls
  finish(): string | null
}

const names = fc.constantFrom('a', 'b', 'c', 'f')
const part = fc.oneof(
  { weight: 8, arbitrary: names },
  { weight: 1, arbitrary: fc.constant('..') },
  { weight: 1, arbitrary: fc.constant('.') },
)
/** Short ones above all: two calls are to meet in one name oftener than by chance. */
const parts = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(part) },
  { weight: 2, arbitrary: fc.tuple(part, part) },
  { weight: 1, arbitrary: fc.tuple(part, part, part) },
)
const inside = fc
  .record({ parts, slash: fc.nat(7).map((n) => (n === 7 ? '/' : '')) })
  .map(({ parts: names, slash }) => names.join('/') + slash)
const path = fc.oneof(
  { weight: 30, arbitrary: inside },
  { weight: 1, arbitrary: fc.constantFrom('', '/', '/a', '//', 'a//b', '../a') },
)
const target = fc.oneof(path, fc.constantFrom('../a', '../b/c', '../..'))
/** The first mount, which may be changed, oftener than what was opened, and than the second one, which may not. */
const fd = fc.oneof({ weight: 5, arbitrary: fc.constant(3) }, { weight: 6, arbitrary: fc.integer({ min: 4, max: 8 }) })
const opened = fc.integer({ min: 5, max: 8 })
const small = fc.nat(12)
const text = fc.constantFrom('x', 'yy', 'zzz', 'hello, world')
const boolean = fc.boolean()

/** What was answered, against what may be answered. */
function compare(expected: Expected, answered: Answered): string | null {
  if ('fails' in expected) {
    const may = [...new Set(expected.fails)].join(' or ')
    if ('gives' in answered) return `must fail with ${may}, and gave ${JSON.stringify(answered.gives)}`
    return (expected.fails as readonly string[]).includes(answered.fails)
      ? null
      : `must fail with ${may}, and failed with ${answered.fails}`
  }
  const [must, got] = [JSON.stringify(expected.gives), 'gives' in answered ? JSON.stringify(answered.gives) : null]
  if (got === null && 'fails' in answered) return `must give ${must}, and failed with ${answered.fails}`
  return must === got ? null : `must give ${must}, and gave ${got}`
}

/** Methods that model and calls have in common, with their arguments. */
type Shared = Exclude<keyof FileSystemModel & keyof FileCalls, 'open' | 'list'>
type ArgumentsOf<M extends Shared> = FileSystemModel[M] extends (...args: infer A) => Expected ? A : never

function callOf<R>(of: object, name: string, args: readonly unknown[]): R {
  return (of as Readonly<Record<string, (...all: readonly unknown[]) => R>>)[name]!(...args)
}

function command<M extends Shared>(name: M, args: fc.Arbitrary<ArgumentsOf<M>>): fc.Arbitrary<PairCommand<FilePair>> {
  return args.map((given) => {
    const words = `${name}(${(given as readonly unknown[]).map((each) => JSON.stringify(each)).join(', ')})`
    return new PairCommand<FilePair>(words, ({ model, real }) =>
      compare(callOf<Expected>(model, name, given), callOf<Answered>(real, name, given)),
    )
  })
}

const how = fc
  .record({
    create: boolean,
    exclusive: boolean,
    truncate: boolean,
    directory: fc.nat(3),
    follow: boolean,
    write: boolean,
    append: boolean,
  })
  .map(({ create, exclusive, directory, ...rest }) => ({
    ...rest,
    create,
    // Alone it means nothing.
    exclusive: create && exclusive,
    directory: directory === 0,
  }))

const open = fc.tuple(fd, path, how).map(([from, at, mode]) => {
  const asked = Object.entries(mode).flatMap(([name, wanted]) => (wanted ? [name] : []))
  return new PairCommand<FilePair>(`open(${[from, JSON.stringify(at), ...asked].join(', ')})`, ({ model, real }) => {
    const expected = model.open(from, at, mode)
    const answered = real.open(from, at, mode)
    if ('fails' in expected || 'fails' in answered)
      return compare('fails' in expected ? expected : { gives: 'a handle' }, answered)
    return model.opened(answered.gives as number, (expected.gives as { opened: unknown }).opened, from, mode)
  })
})

const list = fc
  .tuple(fd, fc.constantFrom(26, 60, 2000))
  .map(
    ([from, room]) =>
      new PairCommand<FilePair>(`list(${from}, ${room} bytes at a time)`, ({ model, real }) =>
        compare(model.list(from), real.list(from, room)),
      ),
  )

/** Any one call. */
export const fileCommand: fc.Arbitrary<PairCommand<FilePair>> = fc.oneof(
  { weight: 10, arbitrary: open },
  { weight: 4, arbitrary: command('makeDirectory', fc.tuple(fd, path)) },
  { weight: 3, arbitrary: command('symlink', fc.tuple(target, fd, path)) },
  { weight: 3, arbitrary: command('rename', fc.tuple(fd, path, fd, path)) },
  { weight: 3, arbitrary: command('link', fc.tuple(fd, path, boolean, fd, path)) },
  { weight: 3, arbitrary: command('write', fc.tuple(opened, text)) },
  { weight: 2, arbitrary: command('unlink', fc.tuple(fd, path)) },
  { weight: 2, arbitrary: command('removeDirectory', fc.tuple(fd, path)) },
  { weight: 2, arbitrary: command('read', fc.tuple(opened, small)) },
  { weight: 2, arbitrary: command('statAt', fc.tuple(fd, path, boolean)) },
  { weight: 2, arbitrary: command('readLink', fc.tuple(fd, path)) },
  { weight: 2, arbitrary: list },
  command('writeAt', fc.tuple(opened, small, text)),
  command('readAt', fc.tuple(opened, small, small)),
  command('seek', fc.tuple(opened, fc.constantFrom('set', 'cur', 'end'), fc.integer({ min: -6, max: 12 }))),
  command('tell', fc.tuple(opened)),
  command('setSize', fc.tuple(opened, small)),
  command('allocate', fc.tuple(opened, small, small)),
  command('setAppend', fc.tuple(opened, boolean)),
  command('dropWrite', fc.tuple(fd)),
  command('takeWrite', fc.tuple(fd)),
  command('stat', fc.tuple(fd)),
  command('close', fc.tuple(fd)),
  command('renumber', fc.tuple(fd, fd)),
)

/** Every path that is not the same in both. @param where what is looked at, for people */
export function differences(where: string, model: ReadonlyMap<string, string>, real: ReadonlyMap<string, string>): string | null {
  for (const path of new Set([...model.keys(), ...real.keys()])) {
    const [must, is] = [model.get(path) ?? 'nothing', real.get(path) ?? 'nothing']
    if (must !== is) return `${where}, ${JSON.stringify(path)} must be ${must}, and is ${is}`
  }
  return null
}
