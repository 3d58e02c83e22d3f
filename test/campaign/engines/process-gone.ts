// Waits until a process no longer runs, for tests that promise to leave none behind.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** True if no process of that id runs. One that is dead but not yet reaped by its parent counts as gone. */
function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return true
  }
  if (process.platform !== 'linux') return false
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
  } catch {
    return true
  }
}

/** Death by signal is not instantaneous, so this looks again for some seconds before it says no. */
export async function processGone(pid: number): Promise<boolean> {
  for (let look = 0; look < 400; look += 1) {
    if (isGone(pid)) return true
    await sleep(25)
  }
  return false
}
