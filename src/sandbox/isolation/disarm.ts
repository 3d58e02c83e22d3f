// Takes from a thread of the jail what neither it nor its guest has any use for, and what no flag of Node's takes away everywhere (HST-01, HST-10).
//
// Only matters once a guest has broken out of the engine and runs JavaScript: sockets with a path lie in the filesystem, but neither the permission
// model of Node 22 and 24 nor a network namespace keeps a process from them, and a signal reaches every process of the same user.
import dgram from 'node:dgram'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import os from 'node:os'
import threads from 'node:worker_threads'

/** Done once in each thread, after its own code has been loaded and before any guest's. What that code goes on using it has taken for itself. */
export function disarm(): void {
  keepSignalsInside()
  const ofAll = ['_debugProcess', '_debugEnd', 'execve', 'chdir', 'umask']
  const identity = ['setuid', 'seteuid', 'setgid', 'setegid', 'setgroups', 'initgroups']
  for (const name of [...ofAll, ...identity]) take(process, name)
  // Where a thread may start others, it may start some that know no permission model; see CELL_FLAGS.
  take(threads.Worker.prototype, 'constructor')
  take(threads, 'Worker')
  for (const name of ['connect', 'bind']) take(net.Socket.prototype, name)
  for (const name of ['listen', '_listen2']) take(net.Server.prototype, name)
  take(net, '_createServerHandle')
  for (const name of ['bind', 'connect', 'send', 'sendto', 'addMembership']) take(dgram.Socket.prototype, name)
  take(dgram, '_createSocketHandle')
  take(os, 'setPriority')
  // What is imported from now on are the modules as they are now.
  syncBuiltinESMExports()
}

/** `process.kill` is made of `_kill`; the process's own number is all that it may be given. */
function keepSignalsInside(): void {
  const all = process as unknown as { _kill(pid: number, signal: number): number }
  const { _kill } = all
  const { pid: own } = process
  const _killSelf = (pid: unknown, signal: number) => (pid === own ? _kill(own, signal) : refuse())
  Object.defineProperty(all, '_kill', { value: _killSelf, writable: false, configurable: false })
}

/** For good: it can neither be assigned nor be defined again. */
function take(from: object, name: string): void {
  // Not every version of Node, and not every platform, has all of them.
  if (!(name in from)) return
  Object.defineProperty(from, name, { value: refuse, writable: false, configurable: false })
}

function refuse(): never {
  throw Object.assign(new Error('not available where guests run'), { code: 'ERR_ACCESS_DENIED' })
}
