// The jails of this process: its child processes that run the jail's entry.
import { readdirSync, readFileSync } from 'node:fs'

/** Linux only. Zombies have no command line and are not counted. @param parent whose children to list */
export function jailPids(parent = process.pid): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
        const ppid = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]
        return Number(ppid) === parent && /\/isolation\/jail\.[tj]s/.test(readFileSync(`/proc/${pid}/cmdline`, 'latin1'))
      } catch {
        return false
      }
    })
    .map(Number)
}
