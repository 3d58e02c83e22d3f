// A host that dies leaves no jail behind, and an idle jail does not keep its host alive.
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { alive, until } from './support/fake-jails.ts'
import { jailPids } from './support/jail-pids.ts'

let host: ChildProcess
afterEach(() => void host.kill('SIGKILL'))

/** Starts the host and waits for its first line. */
async function start(what: string): Promise<{ line: string; exit: Promise<[number | null, string | null]> }> {
  const script = fileURLToPath(new URL('./support/host.ts', import.meta.url))
  const child = spawn(process.execPath, [script, what], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_V8_COVERAGE: undefined },
  })
  host = child
  const exit = new Promise<[number | null, string | null]>((resolve) =>
    child.on('exit', (code, signal) => resolve([code, signal])),
  )
  const line = await new Promise<string>((resolve) => child.stdout.once('data', (data: Buffer) => resolve(data.toString())))
  return { line, exit }
}

describe.runIf(process.platform === 'linux')('a host', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'that dies of %s takes its jails with it, in the middle of their guests’ loops',
    async (signal) => {
      const { line, exit } = await start('busy')
      expect(line).toBe('running\n')
      const jails = jailPids(host.pid)
      expect(jails).toHaveLength(2)
      host.kill(signal)
      expect(await exit).toEqual([null, signal])
      await until(() => !jails.some(alive))
    },
  )

  it('that has nothing more to do ends, idle jail or not, and the jail with it', async () => {
    const { exit } = await start('idle')
    const jails = jailPids(host.pid)
    expect(await exit).toEqual([0, null])
    await until(() => !jails.some(alive))
  })
})
