// A chamber in which one use of one service can be made to fail in each run.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Trial } from '../../attacks/attack.ts'
import type { Observation } from '../../oracles/observation.ts'
import { Chamber, type ChamberEnd } from '../chamber.ts'
import { type Failure, NOTES_FILE, PLAN_FILE, type RunNotes } from './plan.ts'

const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

export type Level = 'jail' | 'inline'

export interface FailedRun {
  readonly observation: Observation
  /** Null if the chamber died before it could tell. */
  readonly notes: RunNotes | null
}

export class FailingChamber {
  readonly #directory: string
  readonly #chamber: Chamber

  private constructor(directory: string, chamber: Chamber) {
    this.#directory = directory
    this.#chamber = chamber
  }

  /** @throws {ChamberError} */
  static async open(level: Level): Promise<FailingChamber> {
    const directory = mkdtempSync(join(tmpdir(), 'gauntlet-failures-'))
    const adapter = join(directory, 'adapter.mjs')
    const module = new URL(`./failing-target${EXTENSION}`, import.meta.url).href
    const text = `import { failingTarget } from ${JSON.stringify(module)}\nexport default () => failingTarget('${level}', ${JSON.stringify(directory)})\n`
    writeFileSync(adapter, text)
    try {
      return new FailingChamber(directory, await Chamber.open({ target: adapter }))
    } catch (error) {
      rmSync(directory, { recursive: true, force: true })
      throw error
    }
  }

  /** False once something was seen after which it must be replaced. */
  get usable(): boolean {
    return this.#chamber.usable
  }

  async run(name: string, trial: Trial, failure: Failure | null): Promise<FailedRun> {
    const notes = join(this.#directory, NOTES_FILE)
    rmSync(notes, { force: true })
    writeFileSync(join(this.#directory, PLAN_FILE), JSON.stringify(failure))
    const observation = await this.#chamber.run(name, trial)
    return { observation, notes: readNotes(notes) }
  }

  async close(): Promise<ChamberEnd> {
    const end = await this.#chamber.close()
    rmSync(this.#directory, { recursive: true, force: true })
    return end
  }
}

function readNotes(path: string): RunNotes | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as RunNotes
  } catch {
    return null
  }
}
