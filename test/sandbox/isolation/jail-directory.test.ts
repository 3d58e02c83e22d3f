// What a cell of a jail can read of the host's files: the sandbox's own code, and nothing of the folder in which the host runs.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { JAIL_DIRECTORY, jailCommand } from '../../../src/sandbox/isolation/hardening.ts'
import { JailProcess } from '../../../src/sandbox/isolation/jail-process.ts'

const dir = mkdtempSync(join(tmpdir(), 'gauntlet-jail-directory-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))
writeFileSync(join(dir, 'secret'), 'secret')
writeFileSync(
  join(dir, 'reader.cjs'),
  `const { Worker } = require('node:worker_threads')
  const code = \`const [file] = require('node:worker_threads').workerData
  let what
  try { what = require('node:fs').readFileSync(file, 'utf8') } catch (error) { what = error.code }
  process.stdout.write(what)\`
  new Worker(code, { eval: true, workerData: [process.argv[2]] })`,
)

/** What a worker reads that runs with the flags of a jail. */
function readInWorker(file: string, cwd: string): string {
  const flags = jailCommand().args.filter((part) => part.startsWith('--allow') || part === '--permission')
  return spawnSync(process.execPath, ['--no-warnings', ...flags, join(dir, 'reader.cjs'), file], { cwd, encoding: 'utf8' }).stdout
}

describe('the directory of a jail', () => {
  it.runIf(process.platform === 'linux')('is that of its own code', async () => {
    const jail = await JailProcess.start()
    try {
      expect(readlinkSync(`/proc/${jail.pid}/cwd`)).toBe(JAIL_DIRECTORY)
    } finally {
      await jail.kill()
    }
  })

  it('is the only one that a worker gets beside what the flags say', () => {
    expect(readInWorker(join(dir, 'secret'), JAIL_DIRECTORY)).toBe('ERR_ACCESS_DENIED')
    expect(readInWorker(join(JAIL_DIRECTORY, '..', '..', '..', 'package.json'), JAIL_DIRECTORY)).toBe('ERR_ACCESS_DENIED')
    expect(readInWorker(join(JAIL_DIRECTORY, 'cell.ts'), JAIL_DIRECTORY)).toContain('Entry of a cell')
  })
})
