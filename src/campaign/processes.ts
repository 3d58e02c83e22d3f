// The processes below a chamber: who they are, how much memory they hold, and their end. Linux reads /proc; other systems ask `ps`.
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'

/** A process, told apart from a later one with the same number by its start time. */
export interface ProcessId {
  readonly pid: number
  /** Clock ticks since boot on Linux; the start's date and time as `ps` prints it elsewhere. */
  readonly started: string
}

export interface ProcessInfo extends ProcessId {
  readonly parent: number
  readonly session: number
  readonly residentBytes: number
}

export const HAS_PROC = process.platform === 'linux' && existsSync('/proc/self/stat')

/** A process that ends while it is read is a process that is not there. */
function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return null
  }
}

/** One process from /proc, or null if it is gone or a zombie: one that has ended and only waits for its parent to ask. */
export function readProcess(pid: number): ProcessInfo | null {
  const stat = readOrNull(`/proc/${pid}/stat`)
  if (stat === null) return null
  // The name in parentheses may hold anything, so fields are counted from the last parenthesis: state, ppid, pgrp, session, …, starttime.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (fields[0] === 'Z' || fields[0] === 'X') return null
  const resident = /^VmRSS:\s+(\d+) kB/m.exec(readOrNull(`/proc/${pid}/status`) ?? '')
  return {
    pid,
    started: fields[19] ?? '',
    parent: Number(fields[1]),
    session: Number(fields[3]),
    residentBytes: resident ? Number(resident[1]) * 1024 : 0,
  }
}

/** Children of every thread: libuv starts processes on the thread that asks, and that may be a worker. Null: the kernel keeps no such list. */
function childrenOf(pid: number): number[] | null {
  let threads: string[]
  try {
    threads = readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
  const children: number[] = []
  for (const thread of threads) {
    const text = readOrNull(`/proc/${pid}/task/${thread}/children`)
    if (text === null) {
      // The thread may have ended, or the kernel was built without CONFIG_PROC_CHILDREN.
      if (existsSync(`/proc/${pid}/task/${thread}`) && !existsSync(`/proc/self/task/${process.pid}/children`)) return null
      continue
    }
    for (const child of text.split(' ')) if (child.trim() !== '') children.push(Number(child))
  }
  return children
}

/** Every process that /proc lists. */
export function allProcesses(): ProcessInfo[] {
  const found: ProcessInfo[] = []
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const info = readProcess(Number(entry))
    if (info) found.push(info)
  }
  return found
}

/** The descendants of `root` within a list, without `root`. */
function below(root: number, list: readonly ProcessInfo[]): ProcessInfo[] {
  const wanted = new Set([root])
  const found: ProcessInfo[] = []
  for (let before = -1; before !== wanted.size; ) {
    before = wanted.size
    for (const info of list) {
      if (wanted.has(info.parent) && !wanted.has(info.pid)) {
        wanted.add(info.pid)
        found.push(info)
      }
    }
  }
  return found
}

/** Descendants by walking down from `root`: cheap enough to be asked forty times a second. */
function walk(root: number): ProcessInfo[] {
  const found: ProcessInfo[] = []
  const queue = [root]
  const seen = new Set(queue)
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    const children = childrenOf(pid)
    if (children === null) return below(root, allProcesses())
    for (const child of children) {
      const info = seen.has(child) ? null : readProcess(child)
      seen.add(child)
      if (!info) continue
      found.push(info)
      queue.push(child)
    }
  }
  return found
}

const run = promisify(execFile)

/** The process table as `ps` prints it; empty where there is no `ps`, so that nothing is invented about what cannot be seen. */
async function psTable(): Promise<ProcessInfo[]> {
  try {
    const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,pgid=,rss=,stat=,lstart='], {
      timeout: 5_000,
      maxBuffer: 16 * 1024 * 1024,
    })
    return parsePs(stdout)
  } catch {
    return []
  }
}

/** Reads lines of `pid ppid pgid rss(KiB) stat start…`; zombies are left out. Exported for its test. */
export function parsePs(text: string): ProcessInfo[] {
  const found: ProcessInfo[] = []
  for (const line of text.split('\n')) {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line)
    if (!match || match[5]!.startsWith('Z')) continue
    found.push({
      pid: Number(match[1]),
      parent: Number(match[2]),
      // `ps` has no portable word for the session; the process group stands in for it, as a chamber leads both.
      session: Number(match[3]),
      residentBytes: Number(match[4]) * 1024,
      started: match[6]!,
    })
  }
  return found
}

export interface Family {
  /** The chamber's own process; null once it is gone. */
  readonly root: ProcessInfo | null
  readonly descendants: readonly ProcessInfo[]
}

/** The chamber's process and all of its descendants, as they are now. */
export async function familyOf(pid: number): Promise<Family> {
  if (HAS_PROC) return { root: readProcess(pid), descendants: walk(pid) }
  const table = await psTable()
  return { root: table.find((info) => info.pid === pid) ?? null, descendants: below(pid, table) }
}

/**
 * Processes that are still there of those once seen below a chamber, with those that share its session (a child whose parent has ended is
 * adopted by another process, but keeps the session) or carry `mark` in their environment (a daemon that left the session too).
 */
export async function leftBehind(chamber: number, seen: Iterable<ProcessId>, mark: string): Promise<ProcessId[]> {
  const table = HAS_PROC ? allProcesses() : await psTable()
  const known = new Map([...seen].map((id) => [id.pid, id.started]))
  return table.filter((info) => {
    if (info.pid === chamber || info.pid === process.pid) return false
    if (known.get(info.pid) === info.started || info.session === chamber) return true
    return HAS_PROC && (readOrNull(`/proc/${info.pid}/environ`)?.includes(mark) ?? false)
  })
}

/** SIGKILL, unless the number belongs to another process by now. Already gone is as good. */
export function kill(id: ProcessId): void {
  if (HAS_PROC && readProcess(id.pid)?.started !== id.started) return
  try {
    process.kill(id.pid, 'SIGKILL')
  } catch {
    // Gone, or not ours to kill: what is left is counted by the caller.
  }
}

/** SIGKILL to every process of a group that is led by `pid`. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // No process of the group is left.
  }
}
