// Starting fake jails, and looking whether a process is there.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { FRAME } from '../../../src/sandbox/isolation/frames.ts'
import type { JailCommand } from '../../../src/sandbox/isolation/hardening.ts'
import { JailProcess } from '../../../src/sandbox/isolation/jail-process.ts'
import type { Deed, Script } from './fake-jail.ts'

const SCRIPT = fileURLToPath(new URL('./fake-jail.ts', import.meta.url))

export const READY: Deed = { frame: FRAME.ready, text: '{"node":"fake"}' }
export const CELL_READY: Deed = { frame: FRAME.cellReady, text: '{}' }
export const CELL_GONE: Deed = { frame: FRAME.cellGone, text: '{}' }
export const ending = (kind: object = { kind: 'returned', values: [] }): Deed => ({
  frame: FRAME.ending,
  text: JSON.stringify({ ending: kind, memoryBytes: 7, hostCalls: 5, counts: null }),
})

export const fakeCommand = (script: Script): JailCommand => ({
  command: process.execPath,
  args: [SCRIPT, JSON.stringify(script)],
  env: { NODE_V8_COVERAGE: undefined },
})

/** A fake jail that has reported. What it does at the start comes after its report. */
export const fakeJail = (script: Script): Promise<JailProcess> =>
  JailProcess.start(fakeCommand({ ...script, start: [READY, CELL_READY, ...(script['start'] ?? [])] }))

/** True while a process of this number runs; a zombie does not. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Waits until `condition` holds; the test's own time limit ends a wait in vain. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10))
}
