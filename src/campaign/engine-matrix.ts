// The engine matrix: the whole corpus against our own sandbox on several engines, and how long guests outlived their limits.
import { execFileSync } from 'node:child_process'
import type { Attack } from '../attacks/attack.ts'
import { loadCorpus } from '../attacks/corpus.ts'
import { canBeTriedInline, ForeignEngine, type Runtime, runtimeOf } from './engine-foreign.ts'
import { runRegression } from './regression.ts'
import type { Pair, TargetChoice, Tried } from './trials.ts'

/**
 * From the decision to end a guest to the certainty that it is gone, milliseconds: what no guest may exceed on any engine. The sandbox's own ladder
 * takes at most 150 ms and a SIGKILL; the rest is what a busy machine may add.
 */
export const SURVIVAL_BOUND_MS = 2_000

/** What one engine made of the corpus. */
export interface EngineResult {
  /** Its own word: `v24.21.0`, V8 `13.6…`. Of another engine than Node: `bun 1.4.5`, and what it has in place of V8. */
  readonly node: string
  readonly v8: string
  /** Without jails, where there can be none. Default: `jail`. Outcomes are only compared within a level: the words of the two differ. */
  readonly level?: 'jail' | 'inline'
  readonly attacks: number
  readonly contained: number
  /** Cases whose twin this engine cannot compile, as it lacks a feature of WebAssembly: they cannot be tried there. */
  readonly notApplicable: readonly string[]
  /** `<attack>: <reason>`, for those that were not contained with their twin allowed. */
  readonly doubts: readonly string[]
  /** Guests that had to be killed, the longest time that took in milliseconds, and whose it was. */
  readonly killed: number
  readonly longestKillMs: number
  readonly longestKill: string | null
  /** Verdict and the sandbox's word for the outcome, by attack: what must be the same on every engine. */
  readonly outcomes: ReadonlyMap<string, string>
}

export interface MatrixOptions {
  /** Folder of the corpus. */
  readonly corpus: string
  /** Programs of the engines. */
  readonly engines: readonly string[]
  /** Only cases with one of these ids. Default: all. */
  readonly only?: readonly string[]
  readonly parallel: number
  readonly signal?: AbortSignal
  readonly onProgress?: (engine: string, done: number, total: number) => void
}

/** Runs every engine one after the other. @throws {CorpusError} if a case cannot be read; {Error} if an engine cannot be started */
export async function runMatrix(options: MatrixOptions): Promise<EngineResult[]> {
  const corpus = await loadCorpus(options.corpus)
  if (corpus.unreadable[0]) throw corpus.unreadable[0]
  const attacks = options.only ? corpus.attacks.filter(({ id }) => options.only!.includes(id)) : corpus.attacks
  const results: EngineResult[] = []
  const found = options.engines.map((engine) => ({ engine, ...runtimeOf(engine) }))
  for (const { engine, runtime } of found) {
    if (options.signal?.aborted) break
    if (runtime === 'node') results.push(await runEngine(engine, attacks, options))
  }
  const foreign = found.filter(({ runtime }) => runtime !== 'node')
  // What the others are compared with: the same sandbox on the engine that it is made for.
  const beside = foreign.length > 0 ? [{ engine: process.execPath, ...runtimeOf(process.execPath) }] : []
  for (const { engine, runtime, version } of [...beside, ...foreign]) {
    if (options.signal?.aborted) break
    results.push(await runInline(engine, runtime, version, attacks, options))
  }
  return results
}

/** What each runtime has under it, as far as it tells. */
const ENGINE_OF: Readonly<Record<Runtime, string>> = { node: process.versions.v8, bun: 'none, JavaScriptCore', deno: 'its own' }

/** The sandbox without a jail, on whatever engine. */
async function runInline(
  engine: string,
  runtime: Runtime,
  version: string,
  attacks: readonly Attack[],
  options: MatrixOptions,
): Promise<EngineResult> {
  const node = runtime === 'node' ? `${version} inline` : `${runtime} ${version}`
  const able = attacks.filter(canBeTriedInline)
  const unknown: string[] = []
  const pairs: Pair[] = []
  const foreign = new ForeignEngine(engine, runtime)
  try {
    for (const attack of able) {
      if (options.signal?.aborted) break
      if (mustCompile(attack) && !(await foreign.takes(attack.twin.bytes))) unknown.push(attack.id)
      else pairs.push(await foreign.runPair(attack))
      options.onProgress?.(node, pairs.length + unknown.length, able.length)
    }
  } finally {
    await foreign.close()
  }
  return { node, v8: ENGINE_OF[runtime], level: 'inline', notApplicable: unknown, ...summary(pairs) }
}

async function runEngine(engine: string, attacks: readonly Attack[], options: MatrixOptions): Promise<EngineResult> {
  const [node, v8] = versionsOf(engine)
  const unknown = await notCompiled(engine, attacks)
  const able = attacks.filter(({ id }) => !unknown.has(id))
  const target: TargetChoice = { chamber: { target: 'jail', engine }, name: `sandbox-jail on ${node}`, own: true, decides: true }
  const pairs = new Map<string, Pair>()
  await runRegression({
    work: able.map((attack) => ({ target, attack, mandatory: true })),
    journal: null,
    parallel: options.parallel,
    ...(options.signal && { signal: options.signal }),
    onPair: (pair) => {
      // A chamber whose end shows something reports its last pair again: the worse verdict stays.
      const { id } = pair.attack.attack
      if (pairs.get(id)?.attack.verdict.kind !== 'violated') pairs.set(id, pair)
      options.onProgress?.(node, pairs.size, able.length)
    },
  })
  return { node, v8, notApplicable: [...unknown], ...summary([...pairs.values()]) }
}

/** Reads modules as base64, one a line, and says for each whether the engine takes it. */
const VALIDATE = `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) =>
  console.log(WebAssembly.validate(Buffer.from(line, 'base64'))))`

/**
 * Ids of the attacks whose twins are not valid to the engine. A twin is honest and must be allowed, so that its engine has to know every feature
 * that it uses; what an engine refuses of the attack is for the sandbox to answer.
 */
async function notCompiled(engine: string, attacks: readonly Attack[]): Promise<Set<string>> {
  const input = attacks.map(({ twin }) => Buffer.from(twin.bytes).toString('base64')).join('\n')
  const text = execFileSync(engine, ['--eval', VALIDATE], { input, encoding: 'utf8', timeout: 60_000, maxBuffer: 2 ** 24 })
  const answers = text.trim().split('\n')
  return new Set(attacks.filter((attack, i) => answers[i] === 'false' && mustCompile(attack)).map(({ id }) => id))
}

/** Twins that no engine takes are refused for that on purpose. */
const mustCompile = ({ twin }: Attack): boolean => !twin.expect.outcomes.includes('refused')

function versionsOf(engine: string): [node: string, v8: string] {
  const text = execFileSync(engine, ['--print', 'process.version + " " + process.versions.v8'], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  const [node = '', v8 = ''] = text.trim().split(' ')
  return [node, v8]
}

function summary(pairs: readonly Pair[]): Omit<EngineResult, 'node' | 'v8' | 'notApplicable'> {
  const doubts = pairs.flatMap((pair) => [doubt(pair.attack, ''), doubt(pair.twin, ' (twin)')]).filter((text) => text !== null)
  const kills = pairs
    .flatMap(({ attack, twin }) => [attack, twin])
    .flatMap(({ attack, observation }) => {
      const killMs = observation.result?.killMs
      return killMs === undefined ? [] : [{ id: attack.id, killMs }]
    })
    .sort((a, b) => b.killMs - a.killMs)
  return {
    attacks: pairs.length,
    contained: pairs.filter(({ attack, twin }) => attack.verdict.kind === 'contained' && twin.verdict.kind === 'contained')
      .length,
    doubts,
    killed: kills.length,
    longestKillMs: kills[0]?.killMs ?? 0,
    longestKill: kills[0]?.id ?? null,
    outcomes: new Map(pairs.map(({ attack }) => [attack.attack.id, outcomeOf(attack)])),
  }
}

const doubt = ({ attack, verdict }: Tried, role: string): string | null =>
  verdict.kind === 'contained' ? null : `${attack.id}${role} is ${verdict.kind}: ${verdict.reason}`

const outcomeOf = ({ verdict, observation }: Tried): string => `${verdict.kind}, ${observation.result?.detail ?? 'no answer'}`

/** Attacks whose verdict or outcome is not the same on all engines, with what each made of them. */
export function differences(
  results: readonly EngineResult[],
): { readonly attack: string; readonly outcomes: readonly string[] }[] {
  const ids = new Set(results.flatMap(({ outcomes }) => [...outcomes.keys()]))
  return [...ids].sort().flatMap((attack) => {
    const outcomes = results.map(({ outcomes: of, notApplicable }) =>
      notApplicable.includes(attack) ? 'not applicable' : (of.get(attack) ?? 'not run'),
    )
    const differ = (level: 'jail' | 'inline') =>
      new Set(outcomes.filter((outcome, i) => levelOf(results[i]!) === level && outcome !== 'not applicable')).size > 1
    return differ('jail') || differ('inline') ? [{ attack, outcomes }] : []
  })
}

const levelOf = ({ level }: EngineResult): 'jail' | 'inline' => level ?? 'jail'

/** Why the matrix fails: attacks that were not contained, and guests that outlived their end. Empty if it passes. */
export function failures(results: readonly EngineResult[]): string[] {
  return results.flatMap(({ node, doubts, longestKillMs, longestKill }) => [
    ...doubts.map((text) => `${node}: ${text}`),
    ...(longestKillMs > SURVIVAL_BOUND_MS
      ? [
          `${node}: the guest of ${longestKill} was gone only ${Math.round(longestKillMs)} ms after its end; the bound is ${SURVIVAL_BOUND_MS} ms`,
        ]
      : []),
  ])
}
