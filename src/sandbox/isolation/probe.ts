// What is really active in this process, found out by trying it. Runs inside the jail; nothing is taken from what was asked for.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'

export type Probe = Record<string, 'refused' | 'possible' | string>

/** `refused` if the attempt throws. */
function attempt(action: () => unknown): 'refused' | 'possible' {
  try {
    action()
    return 'possible'
  } catch {
    return 'refused'
  }
}

/** A connection to a loopback port where nobody listens: in a network namespace of its own the interface is down and the error differs. */
const network = () =>
  new Promise<string>((resolve) => {
    const done = (answer: string) => {
      socket.destroy()
      resolve(answer)
    }
    const socket = connect({ host: '127.0.0.1', port: 9, timeout: 1000 })
    socket.on('connect', () => done('possible'))
    socket.on('timeout', () => done('refused'))
    socket.on('error', (error: NodeJS.ErrnoException) => done(error.code === 'ECONNREFUSED' ? 'possible' : 'refused'))
  })

export async function probe(): Promise<Probe> {
  return {
    'read a file of the host': attempt(() => readFileSync('/etc/passwd')),
    'write a file': attempt(() => writeFileSync('/tmp/wasm-gauntlet-probe', '')),
    'start a process': attempt(() => {
      const { error } = spawnSync('/bin/true')
      if (error) throw error
    }),
    'make code from strings': attempt(() => new Function('return 1')()),
    'change a prototype through __proto__': attempt(() => Reflect.set({}, '__proto__', null)),
    'reach the network': await network().catch(() => 'refused'),
    'environment variables': String(Object.keys(process.env).length),
    'permission model': process.permission ? 'active' : 'absent',
    'v8 flags': process.execArgv.filter((flag) => !flag.includes('/')).join(' '),
    node: process.version,
    v8: process.versions.v8,
  }
}
