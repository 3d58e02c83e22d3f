// Notes what each file of tests showed, so that reports of the gauntlet can name the unit tests that bear on a threat or a control.
import { readFileSync } from 'node:fs'
import { relative, resolve, sep } from 'node:path'
import type { Reporter, TestModule, Vitest } from 'vitest/node'
import { sourcesDigest } from '../src/campaign/elsewhere/made.ts'
import { noteTests, sha256Of, type TestFile } from '../src/campaign/elsewhere/tests-file.ts'
import { describeProject } from '../src/campaign/environment.ts'

const THREAT_ID = /\b(?!CWE)[A-Z]{3}-\d{2}\b/g

export default class EvidenceReporter implements Reporter {
  readonly #root: string
  /** Of the sources when the run began; null if they could not be read then. */
  #sources: string | null = null
  #vitest: Vitest | null = null

  /** Its options as the configuration gives them: the project's folder, unless it is this one. */
  constructor({ root = resolve(import.meta.dirname, '..') }: { readonly root?: string } = {}) {
    this.#root = root
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
  }

  onTestRunStart(): void {
    this.#sources = digestOrNull(this.#root)
  }

  onTestRunEnd(modules: readonly TestModule[], _: unknown, reason: string): void {
    // A part of a file, or a run that was stopped, is no evidence about the file.
    if (reason === 'interrupted' || this.#vitest?.config.testNamePattern) return
    const sources = digestOrNull(this.#root) === this.#sources ? this.#sources : null
    const { commit } = describeProject(this.#root)
    const made = { at: new Date().toISOString(), node: process.versions.node, commit, sources }
    noteTests(
      this.#root,
      modules.map((module) => ({ ...entryOf(module, this.#root), ...made })),
    )
  }
}

/** Somebody may be at work on the sources while tests run; that is no reason for a test run to fail. */
function digestOrNull(root: string): string | null {
  try {
    return sourcesDigest(root)
  } catch {
    return null
  }
}

type Entry = Omit<TestFile, 'at' | 'node' | 'commit' | 'sources'>

function entryOf(module: TestModule, root: string): Entry {
  const states = [...module.children.allTests()].map((test) => test.result().state)
  const failed = states.filter((state) => state === 'failed').length
  // A file that could not be loaded has no tests, and has failed all the same.
  const broken = module.state() === 'failed' && failed === 0 ? 1 : 0
  const text = readFileSync(module.moduleId, 'utf8')
  return {
    file: relative(root, module.moduleId).split(sep).join('/'),
    tests: states.length + broken,
    failed: failed + broken,
    skipped: states.filter((state) => state === 'skipped').length,
    seconds: module.diagnostic().duration / 1000,
    threats: [...new Set(text.match(THREAT_ID) ?? [])].sort(),
    sha256: sha256Of(module.moduleId),
  }
}
