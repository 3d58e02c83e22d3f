// The real jail: its entry, how it is started, and what it finds out about itself.
import { spawn } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { jailCommand, systemHardening } from '../../../src/sandbox/isolation/hardening.ts'
import { JailProcess } from '../../../src/sandbox/isolation/jail-process.ts'
import { probe } from '../../../src/sandbox/isolation/probe.ts'
import { alive, until } from '../support/fake-jails.ts'

const jails: JailProcess[] = []
afterEach(async () => {
  await Promise.all(jails.splice(0).map((jail) => jail.kill()))
})
const start = async (command = jailCommand()) => {
  const jail = await JailProcess.start(command)
  jails.push(jail)
  return jail
}

describe('jailCommand', () => {
  it('starts Node with the flags that the design names, and with no environment', () => {
    const { args, env } = jailCommand()
    expect(args).toEqual(
      expect.arrayContaining([
        '--permission',
        '--allow-worker',
        '--no-addons',
        '--disallow-code-generation-from-strings',
        '--disable-proto=throw',
        '--no-wasm-dynamic-tiering',
      ]),
    )
    expect(args.filter((arg) => arg.startsWith('--allow-') && arg !== '--allow-worker')).toEqual([
      expect.stringMatching(/^--allow-fs-read=.*sandbox.\*$/),
      expect.stringMatching(/^--allow-fs-read=.*wasm.\*$/),
    ])
    expect(Object.values(env).filter((value) => value !== undefined)).toEqual([])
  })

  it('says what it uses of the system', () => {
    expect(systemHardening()).toMatch(/^(none|(unshare|setpriv|prlimit) .*)$/)
    const inUse = systemHardening() === 'none' ? [] : systemHardening().split(' ')
    const { command, args } = jailCommand()
    expect([command, ...args]).toEqual(expect.arrayContaining(inUse))
  })
})

describe('a real jail', () => {
  it('can do nothing that it should not, and says so', async () => {
    const jail = await start()
    expect(jail.probe).toMatchObject({
      'read a file of the host': 'refused',
      'write a file': 'refused',
      'start a process': 'refused',
      'make code from strings': 'refused',
      'change a prototype through __proto__': 'refused',
      'environment variables': '0',
      'permission model': 'active',
      node: process.version,
    })
    if (systemHardening().includes('--net')) expect(jail.probe['reach the network']).toBe('refused')
    // The probe's file is not there: the refusal was a real one.
    expect(existsSync('/tmp/wasm-gauntlet-probe')).toBe(false)
  })

  it('is ready for a guest, and gone when it is killed', async () => {
    const jail = await start()
    await jail.cellReady()
    expect(jail.ended).toBeNull()
    await jail.kill()
    expect(alive(jail.pid)).toBe(false)
  })

  it('kills itself when its host closes the channel', async () => {
    const entry = fileURLToPath(new URL('../../../src/sandbox/isolation/jail.ts', import.meta.url))
    const child = spawn(process.execPath, [entry], { stdio: ['pipe', 'pipe', 'inherit'], env: { NODE_V8_COVERAGE: undefined } })
    const signal = new Promise((resolve) => child.on('exit', (_, by) => resolve(by)))
    await new Promise((resolve) => child.stdout.once('data', resolve))
    child.stdin.end()
    expect(await signal).toBe('SIGKILL')
    await until(() => !alive(child.pid!))
    // Started without hardening, the probe could write: not a thing to leave behind.
    rmSync('/tmp/wasm-gauntlet-probe', { force: true })
  })
})

describe('probe', () => {
  it('finds everything possible in a process without hardening', async () => {
    const { 'reach the network': network, ...found } = await probe()
    rmSync('/tmp/wasm-gauntlet-probe', { force: true })
    expect(found).toMatchObject({
      'read a file of the host': 'possible',
      'write a file': 'possible',
      'start a process': 'possible',
      'make code from strings': 'possible',
      'change a prototype through __proto__': 'possible',
      'permission model': 'absent',
      'environment variables': String(Object.keys(process.env).length),
    })
    // Whatever this machine has for a loopback interface.
    expect(['possible', 'refused']).toContain(network)
  })
})
