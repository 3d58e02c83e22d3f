// What a disarmed thread can no longer do, tried in a process of its own: it cannot be undone, and the tests need what it takes.
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'

const DISARM = new URL('../../../src/sandbox/isolation/disarm.ts', import.meta.url).href

/** Evaluates expressions after `disarm`; each comes to its value, or to the code of the error that it throws. */
function afterDisarm(...expressions: readonly string[]): unknown[] {
  const script = `
    import { createRequire } from 'node:module'
    const before = { net: await import('node:net'), threads: await import('node:worker_threads') }
    const { disarm } = await import(${JSON.stringify(DISARM)})
    disarm()
    const require = createRequire(import.meta.url)
    const attempts = [${expressions.map((expression) => `() => (${expression})`).join(', ')}]
    const results = attempts.map((attempt) => {
      try {
        return attempt() ?? null
      } catch (error) {
        return error.code ?? error.name
      }
    })
    process.stdout.write(JSON.stringify(results), () => process.exit())`
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8', timeout: 30_000 })
  return JSON.parse(output) as unknown[]
}

const DENIED = 'ERR_ACCESS_DENIED'

describe('a disarmed thread', () => {
  it('signals no process but its own', () => {
    expect(afterDisarm('process.kill(process.ppid, 0)', 'process.kill(1, 0)', 'process.kill(process.pid, 0)')).toEqual([
      DENIED,
      DENIED,
      true,
    ])
    // A number that only looks like its own is not.
    expect(afterDisarm('process._kill(String(process.pid), 0)', 'process._kill({ valueOf: () => process.pid }, 0)')).toEqual([
      DENIED,
      DENIED,
    ])
  })

  it('starts no thread, by whatever way it got the class', () => {
    expect(
      afterDisarm(
        "new (require('node:worker_threads').Worker)('0', { eval: true })",
        "new (Object.getPrototypeOf(Object.create(before.threads.Worker.prototype)).constructor)('0', { eval: true })",
      ),
    ).toEqual([DENIED, DENIED])
  })

  it('opens no socket and no server', () => {
    expect(
      afterDisarm(
        "new before.net.Socket().connect('/nowhere')",
        "require('node:net').connect('/nowhere')",
        "require('node:net').createServer().listen('/tmp/x')",
        "require('node:dgram').createSocket('udp4').bind(0)",
        "require('node:dgram').createSocket('udp4').send('x', 9, '127.0.0.1')",
      ),
    ).toEqual([DENIED, DENIED, DENIED, DENIED, DENIED])
  })

  it('changes nothing of its process', () => {
    expect(
      afterDisarm(
        "process.chdir('/')",
        'process.umask(0)',
        'process.setuid?.(0)',
        'process._debugProcess(1)',
        "require('node:os').setPriority(0)",
      ),
    ).toEqual([DENIED, DENIED, DENIED, DENIED, DENIED])
  })

  it('cannot put back what was taken', () => {
    expect(
      afterDisarm(
        "Object.defineProperty(process, '_kill', { value: 1 })",
        "Object.defineProperty(before.net.Socket.prototype, 'connect', { value: 1 })",
        "delete require('node:worker_threads').Worker",
      ),
    ).toEqual(['TypeError', 'TypeError', 'TypeError'])
  })
})
