// Where failures come in: the functions of Node, the engine and the stores through which the sandbox reaches what can fail. Changed for the whole process, which
// is a chamber and thrown away; the sandbox has no hook of its own for this.
import childProcess from 'node:child_process'
import dns from 'node:dns/promises'
import fs from 'node:fs'
import files from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import tls from 'node:tls'
import { MemoryKvStore } from '../../sandbox/broker/kv-memory.ts'
import { sandboxCalls, type UseCounter } from './counter.ts'
import type { Service } from './plan.ts'

// biome-ignore lint/complexity/noBannedTypes: any function may stand here, and it is only passed on
type Methods = Record<string, Function>

/** Puts something in front of a method. @param instead is given the error of a use that fails; without it, the use goes on */
function wrap(
  object: object,
  name: string,
  counter: UseCounter,
  service: (self: unknown) => Service | null,
  instead: (error: Error, original: () => unknown) => unknown,
): void {
  const methods = object as Methods
  const original = methods[name]
  if (typeof original !== 'function') return
  methods[name] = function (this: unknown, ...args: unknown[]): unknown {
    const of = service(this)
    const error = of === null ? null : counter.use(of, name)
    const go = () => original.apply(this, args)
    return error ? instead.call(this, error, go) : go()
  }
}

const throws = (error: Error): never => {
  throw error
}
const rejects = (error: Error): Promise<never> => Promise.reject(error)

const FILE_CALLS = [
  ...['open', 'opendir', 'mkdir', 'rename', 'rmdir', 'symlink', 'unlink', 'link', 'readlink', 'lstat', 'stat', 'statfs'],
  ...['readFile', 'readdir'],
] as const
const HANDLE_CALLS = ['read', 'write', 'stat', 'truncate', 'sync', 'datasync', 'utimes', 'readFile'] as const
const SYNC_FILE_CALLS = ['openSync', 'readSync', 'readFileSync'] as const

async function failFiles(counter: UseCounter): Promise<void> {
  const own = () => (sandboxCalls(counter) ? ('files' as const) : null)
  for (const name of FILE_CALLS) wrap(files, name, counter, own, rejects)
  for (const name of SYNC_FILE_CALLS) wrap(fs, name, counter, own, throws)
  const any = await files.open(import.meta.filename)
  const prototype = Object.getPrototypeOf(any) as object
  await any.close()
  for (const name of HANDLE_CALLS) wrap(prototype, name, counter, own, rejects)
  // What cannot be written out is told by close(2), and the descriptor is gone all the same.
  wrap(prototype, 'close', counter, own, async (error, close) => {
    await close()
    throw error
  })
}

/** What a socket is: a pipe to a jail, or a connection; null for this process's own streams. */
function serviceOf(socket: unknown): Service | null {
  const { _handle: handle, fd } = socket as { _handle?: object | null; fd?: unknown }
  if (typeof fd === 'number' || !handle) return null
  const kind = handle.constructor.name
  return kind === 'Pipe' ? 'channel' : kind === 'TCP' ? 'network' : null
}

function failSockets(counter: UseCounter): void {
  const sockets = net.Socket.prototype as unknown as Methods
  const { write, push } = sockets
  sockets['write'] = function (this: net.Socket, ...args: unknown[]): unknown {
    const of = serviceOf(this)
    const error = of === null ? null : counter.use(of, 'write')
    if (error) this.destroy(error)
    return write!.apply(this, args)
  }
  sockets['push'] = function (this: net.Socket, ...args: unknown[]): unknown {
    const of = serviceOf(this)
    const error = of === null || args[0] === null ? null : counter.use(of, 'read')
    if (!error) return push!.apply(this, args)
    this.destroy(error)
    return false
  }
  const refused = (error: Error): net.Socket => {
    const socket = new net.Socket()
    process.nextTick(() => socket.destroy(error))
    return socket
  }
  const own = () => (sandboxCalls(counter) ? ('network' as const) : null)
  wrap(net, 'connect', counter, own, refused)
  wrap(tls, 'connect', counter, own, refused)
  wrap(dns, 'lookup', counter, own, rejects)
  for (const name of ['resolve4', 'resolve6']) wrap(dns.Resolver.prototype, name, counter, own, rejects)
}

/** A program that cannot be started is told by an event, not by a throw. */
function failProcesses(counter: UseCounter): void {
  const { spawn } = childProcess
  const failing = (command: string, ...rest: [readonly string[], childProcess.SpawnOptions]) =>
    counter.use('channel', 'spawn') ? spawn(`${command}-that-is-not-there`, ...rest) : spawn(command, ...rest)
  childProcess.spawn = failing as typeof spawn
}

/** V8 and Node say the same thing differently, and both are RangeErrors. */
const outOfMemory = (): never => {
  throw new RangeError('Array buffer allocation failed')
}

function failMemory(counter: UseCounter): void {
  const own = () => (sandboxCalls(counter) ? ('memory' as const) : null)
  for (const name of ['alloc', 'allocUnsafe', 'concat']) wrap(Buffer, name, counter, own, outOfMemory)
  globalThis.Uint8Array = new Proxy(Uint8Array, {
    construct(target, args: unknown[], newTarget) {
      // Views of what is there already take no memory.
      const takes = !(args[0] instanceof ArrayBuffer) && !(args[0] instanceof SharedArrayBuffer)
      if (takes && own() && counter.use('memory', 'Uint8Array')) outOfMemory()
      return Reflect.construct(target, args, newTarget) as object
    },
  })
}

function failEngine(counter: UseCounter): void {
  for (const name of ['Module', 'Instance'] as const) {
    const original = WebAssembly[name] as unknown as new (...args: unknown[]) => object
    const failing = new Proxy(original, {
      construct(target, args: unknown[]) {
        if (sandboxCalls(counter) && counter.use('engine', name)) throw new RangeError(`WebAssembly.${name}(): Out of memory`)
        return Reflect.construct(target, args) as object
      },
    })
    Object.defineProperty(WebAssembly, name, { value: failing, writable: true, configurable: true })
  }
}

/** To be called before the first guest. From then on every use is told to the counter. */
export async function openSeams(counter: UseCounter): Promise<void> {
  await failFiles(counter)
  failSockets(counter)
  failProcesses(counter)
  failMemory(counter)
  failEngine(counter)
  for (const name of ['get', 'set', 'delete', 'keys', 'usage'])
    wrap(MemoryKvStore.prototype, name, counter, () => 'stores', throws)
  // Names that the sandbox imported mean the changed functions from here on.
  syncBuiltinESMExports()
}
