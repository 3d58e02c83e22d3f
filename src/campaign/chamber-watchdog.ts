// A thread in the chamber that ends it when its parent is gone: the main thread may be held by a guest for ever, and hears nothing then.
import { setInterval } from 'node:timers'

const CHECK_EVERY_MS = 250
const parent = process.ppid

setInterval(() => {
  // An orphan is adopted by another process, so the number changes.
  if (process.ppid === parent) return
  // The chamber leads a process group of its own; where there are no groups, it alone is ended.
  try {
    process.kill(-process.pid, 'SIGKILL')
  } catch {
    process.kill(process.pid, 'SIGKILL')
  }
}, CHECK_EVERY_MS)
