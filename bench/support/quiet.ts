// Whether anything below this process still uses the machine: a thread that outlived its end would, for ever.
import { setTimeout as sleep } from 'node:timers/promises'
import { familyOf } from '../../src/campaign/processes.ts'
import { sampleProcess } from '../../src/sandbox/isolation/watch.ts'

/** Longer than one tick of the kernel's accounting, milliseconds. */
const LOOK_EVERY = 60
/** A jail that is being started for the next guest uses the machine too, and is done long before, milliseconds. */
const GIVE_UP = 5000

/** @returns true once no process below this one uses any time; false if one does not stop */
export async function whenQuiet(): Promise<boolean> {
  const end = performance.now() + GIVE_UP
  let last = Number.NaN
  while (performance.now() < end) {
    const { descendants } = await familyOf(process.pid)
    const used = descendants.reduce((sum, { pid }) => sum + (sampleProcess(pid)?.cpuMs ?? 0), 0)
    if (used === last) return true
    last = used
    await sleep(LOOK_EVERY)
  }
  return false
}
