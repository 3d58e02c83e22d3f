// Our own sandbox in a chamber in which one use of one service fails. What fails in which run is read from a file before it, what was used is written after it.
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { AuditSink } from '../../sandbox/audit.ts'
import { UsageError } from '../../sandbox/errors.ts'
import makeSandboxTarget from '../../targets/sandbox.ts'
import type { Target, TargetResult } from '../../targets/target.ts'
import { UseCounter } from './counter.ts'
import { type Failure, NOTES_FILE, PLAN_FILE, type RunNotes } from './plan.ts'
import { openSeams } from './seams.ts'

/** What is closed behind a run has this long, in milliseconds. */
const SETTLE_MS = 1_500
const LOOK_EVERY_MS = 20

// As they are before the seams: the harness's own look at files is not to fail.
const harness = { readdirSync, readFileSync, readlinkSync, writeFileSync }

/** @param directory in which plan and notes are */
export async function failingTarget(level: 'jail' | 'inline', directory: string): Promise<Target> {
  const counter = new UseCounter()
  const target = makeSandboxTarget(level, { audit: (sink) => failingSink(sink, counter) })
  await openSeams(counter)
  return {
    ...target,
    run: async (run) => {
      const before = openFiles()
      counter.begin(planIn(directory))
      let result: TargetResult
      try {
        result = await target.run(run)
      } catch (error) {
        // The documented answer to an embedder whose directory cannot be opened. Its sentence is for the embedder, and names the directory.
        if (!(error instanceof UsageError)) throw error
        result = REFUSED
      } finally {
        const notes: RunNotes = { ...counter.end(), leftOpen: await newFiles(before) }
        harness.writeFileSync(join(directory, NOTES_FILE), JSON.stringify(notes))
      }
      return result
    },
  }
}

const NOTHING = new Uint8Array()
const REFUSED: TargetResult = {
  outcome: 'refused',
  detail: 'usage-error',
  messages: [],
  stdout: NOTHING,
  stderr: NOTHING,
  exitCode: null,
  values: [],
  events: [],
}

const planIn = (directory: string): Failure | null =>
  JSON.parse(harness.readFileSync(join(directory, PLAN_FILE), 'utf8')) as Failure | null

const failingSink = (sink: AuditSink, counter: UseCounter): AuditSink => ({
  ...sink,
  write: (record) => {
    const error = counter.use('audit', record.operation)
    return error ? Promise.reject(error) : sink.write(record)
  },
})

/** Files and directories that this process has open, by descriptor and path; none where the system does not tell. */
function openFiles(): ReadonlySet<string> {
  const found = new Set<string>()
  for (const fd of listed()) {
    try {
      const path = harness.readlinkSync(`/proc/self/fd/${fd}`)
      if (path.startsWith('/') && !/^\/(?:dev|proc)\//.test(path)) found.add(`${fd} ${path}`)
    } catch {
      // Closed since it was listed.
    }
  }
  return found
}

function listed(): string[] {
  try {
    return harness.readdirSync('/proc/self/fd')
  } catch {
    return []
  }
}

async function newFiles(before: ReadonlySet<string>): Promise<string[]> {
  const left = () => [...openFiles()].filter((file) => !before.has(file))
  for (let waited = 0; waited < SETTLE_MS && left().length > 0; waited += LOOK_EVERY_MS) await delay(LOOK_EVERY_MS)
  return left()
}
