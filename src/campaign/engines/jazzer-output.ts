// Reads what libFuzzer and jazzer.js print while they run: coverage, progress, saved inputs, and how the run ended.

/** What is known about a run from its output so far. Counts are undefined until the engine has printed them. */
export interface EngineOutput {
  /** Counters that instrumented ES modules registered before fuzzing began. */
  moduleEdges: number
  /** Edges reached by the initial inputs. */
  coverageInitial: number | undefined
  /** Edges reached at the last report. */
  coverage: number
  features: number
  /** The input that the engine saved last. */
  artifact: string | undefined
  /** What a fatal error of V8, of Node or of libFuzzer said. */
  fatal: string | undefined
  /** What Node printed of the JavaScript stack when it aborted, in the form of stack frames. */
  readonly abortStack: string[]
  /** The engine announced that the target called process.exit. */
  exited: boolean
  /** The engine reported the end of a run without a finding. */
  done: boolean
  /** The last lines, for explaining failures that have no structure. */
  readonly tail: string[]
}

/** Lines kept for explanations, and characters kept of one line: both bound what a target that prints a lot can make us hold. */
const TAIL_LINES = 40
const MAXIMUM_LINE = 4_096

/** `#8	NEW    cov: 5 ft: 5 corp: 2/5b …`; without coverage the `cov:` and `ft:` parts are missing. */
const STATUS = /^#\d+\t(INITED|NEW|REDUCE|pulse|RELOAD|DONE)\s+(?:cov: (\d+) )?(?:ft: (\d+) )?/
/** `INFO: Loaded 3 modules   (524 inline 8-bit counters): 512 […], 11 […], 1 […],` */
const MODULES = /^INFO: Loaded \d+ modules? +\((\d+) inline 8-bit counters\): (\d+) \[/
const ARTIFACT = /Test unit written to (.+)$/
const FATAL = /^(?:FATAL ERROR: (.+?)|==\d+== ERROR: libFuzzer: (.+)|==\d+== (Segmentation Fault))$/
/** `1: fuzz (file:///…:7:13)`, below Node's heading "JavaScript stack trace". */
const ABORT_FRAME = /^\d+: (\S.* \(.+:\d+:\d+\)|\S+:\d+:\d+)$/
const EXITED = /fuzz target exited/

export function emptyOutput(): EngineOutput {
  return {
    moduleEdges: 0,
    coverageInitial: undefined,
    coverage: 0,
    features: 0,
    artifact: undefined,
    fatal: undefined,
    abortStack: [],
    exited: false,
    done: false,
    tail: [],
  }
}

function readStatus(output: EngineOutput, match: RegExpExecArray): void {
  const coverage = Number(match[2] ?? 0)
  output.coverage = Math.max(output.coverage, coverage)
  output.features = Math.max(output.features, Number(match[3] ?? 0))
  if (match[1] === 'INITED') output.coverageInitial = coverage
  if (match[1] === 'DONE') output.done = true
}

/** Takes in one line of the engine's error stream. */
export function readLine(output: EngineOutput, text: string): void {
  const line = text.slice(0, MAXIMUM_LINE).trimEnd()
  if (line === '') return
  output.tail.push(line)
  if (output.tail.length > TAIL_LINES) output.tail.shift()
  const status = STATUS.exec(line)
  if (status !== null) readStatus(output, status)
  const modules = MODULES.exec(line)
  // The first region is the map shared by all CommonJS modules. It is registered in blocks that say nothing about real edges.
  if (modules !== null) output.moduleEdges = Number(modules[1]) - Number(modules[2])
  output.artifact = ARTIFACT.exec(line)?.[1] ?? output.artifact
  const fatal = FATAL.exec(line)
  if (fatal !== null) output.fatal ??= fatal[1] ?? fatal[2] ?? fatal[3]
  const frame = ABORT_FRAME.exec(line)?.[1]
  if (frame !== undefined && output.abortStack.length < TAIL_LINES) output.abortStack.push(`at ${frame}`)
  output.exited ||= EXITED.test(line)
}

/** Cuts a stream of chunks into lines. A line that never ends is handed on in pieces, so that it cannot grow without bound. */
export function lineSplitter(onLine: (line: string) => void): (chunk: string) => void {
  let rest = ''
  return (chunk) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
    if (rest.length > MAXIMUM_LINE) {
      onLine(rest)
      rest = ''
    }
  }
}
