// Audit logs on the command line: what `run --audit` records, what it says when it cannot, and what `audit verify` and `audit show` answer.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assemble } from '../../src/attacks/assemble.ts'
import { showAudit, verifyAudit } from '../../src/cli/audit.ts'
import { noteConsents } from '../../src/cli/audit-option.ts'
import type { Output } from '../../src/cli/terminal.ts'
import { AuditLog } from '../../src/sandbox/index.ts'
import { check, decision, KEY, linesIn, logWith, segmentFiles } from '../sandbox/support/audit.ts'
import { complaint, gauntlet, ROOT, scratch } from './spawn.ts'

const { dir, remove } = scratch()
afterAll(remove)

/** Opens "new.txt" in descriptor 3 and closes it again, so many times, then writes "done\n" and returns. */
const opener = (times: number) => `(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1) (data (i32.const 0) "\\20\\00\\00\\00\\05\\00\\00\\00") (data (i32.const 32) "done\\0a") (data (i32.const 64) "new.txt")
  (func (export "_start") (local $i i32)
    (loop $again
      (i32.store (i32.const 16) (i32.const 99))
      (drop (call $open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 7) (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 16)))
      (drop (call $close (i32.load (i32.const 16))))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const ${times}))))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`
/** Writes a file of 64 KiB into descriptor 3, and "done\n" to standard output. */
const FILLER = `(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2) (data (i32.const 0) "\\20\\00\\00\\00\\05\\00\\00\\00\\00\\00\\00\\00\\00\\00\\01\\00") (data (i32.const 32) "done\\0a") (data (i32.const 64) "new.txt")
  (func (export "_start")
    (drop (call $open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 7) (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 16)))
    (drop (call $write (i32.load (i32.const 16)) (i32.const 8) (i32.const 1) (i32.const 24)))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 24)))))`

async function module(name: string, text: string): Promise<string> {
  const path = join(dir, `${name}.wasm`)
  writeFileSync(path, await assemble(text))
  return path
}
let many: string
let few: string
beforeAll(async () => {
  many = await module('many', opener(100))
  few = await module('few', opener(2))
})
let count = 0
const fresh = (name: string) => join(dir, `${name}-${count++}`)
/** A directory of the host for the guest. */
function host(): string {
  const path = fresh('host')
  mkdirSync(path)
  return path
}

/** Where no file may grow beyond so many blocks of 512 bytes: a disk that fills up, as far as a process can tell. */
async function withSmallFiles(blocks: number, args: readonly string[]) {
  const main = join(ROOT, 'src', 'cli', 'main.ts')
  const child = spawn('sh', ['-c', `ulimit -f ${blocks}; exec "$@"`, 'sh', process.execPath, main, ...args])
  const told = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      told[name] += text
    })
  const [code] = await once(child, 'close')
  return { code: code as number, ...told }
}

/** What a command writes. */
function gathered(): { readonly output: Output; readonly text: () => string } {
  let all = ''
  const output = {
    isTTY: false,
    once: () => output,
    write: (text: string) => {
      all += text
      return true
    },
  } as unknown as Output
  return { output, text: () => all }
}
async function verify(paths: readonly string[], options: Parameters<typeof verifyAudit>[1] = {}) {
  const { output, text } = gathered()
  const code = await verifyAudit(paths, options, output)
  return { code, text: text() }
}
async function show(path: string, options: Parameters<typeof showAudit>[1] = {}) {
  const [lines, problems] = [gathered(), gathered()]
  await showAudit([path], options, lines.output, problems.output)
  return { lines: lines.text().split('\n').slice(0, -1), problems: problems.text() }
}

describe.runIf(process.platform === 'linux')('gauntlet run --audit', () => {
  it('records the guest, what it asked for and how it ended, and what it says can be checked', async () => {
    const log = fresh('log')
    for (let run = 0; run < 2; run++)
      expect(await gauntlet(['run', few, '--dir', host(), '--audit', log])).toMatchObject({
        code: 0,
        stdout: 'done\n',
        stderr: '',
      })
    const types = linesIn(log).map(({ type }) => type)
    const run = ['guest-started', 'decision', 'decision', 'guest-ended', 'checkpoint']
    expect(types).toEqual(['segment', 'checkpoint', ...run, 'opened', 'checkpoint', ...run])
    const ended = await gauntlet(['audit', 'verify', log, '--key', join(log, 'audit.pub')])
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(ended.stdout).toMatch(/^intact: 14 records in 1 segment, 4 checkpoints signed by [0-9a-f]{64}\n$/)
  })

  it('says that the log could not be written when its disk is full, after the result, and does not end with 0', async () => {
    const [log, files] = [fresh('log'), host()]
    const { code, stdout, stderr } = await withSmallFiles(32, ['run', many, '--dir', files, '--audit', log])
    expect({ code, stdout }).toEqual({ code: 2, stdout: 'done\n' })
    expect(stderr).toMatch(
      /^gauntlet: The audit log \S+ could not be written \(EFBIG\); free space there, .* not in it: \d+\.\n$/,
    )
    // Whatever was cut off has gone, and the next run goes on where this one ended.
    expect(await gauntlet(['run', few, '--dir', files, '--audit', log])).toMatchObject({ code: 0, stderr: '' })
    const verdict = await verify([log])
    expect(verdict.text).toMatch(/^intact:/)
  })

  it('signs with the key that it is given', async () => {
    const [log, key] = [fresh('log'), fresh('key')]
    writeFileSync(key, KEY.export({ type: 'pkcs8', format: 'pem' }))
    expect(await gauntlet(['run', few, '--dir', host(), '--audit', log, '--audit-key', key])).toMatchObject({ code: 0 })
    expect(existsSync(join(log, 'audit.key'))).toBe(false)
    expect(await check(log)).toMatchObject({ intact: true, keysGiven: true })
  })

  it.each([
    ['a directory that cannot be made', () => ['--audit', '/dev/null/log'], 66, /audit log .* cannot be written \(ENOTDIR\)/],
    ['a file, as earlier versions wrote', () => ['--audit', few], 66, /is a file, and an audit log is a directory/],
    [
      'a key that is none',
      () => ['--audit', fresh('log'), '--audit-key', join(ROOT, 'package.json')],
      66,
      /no private Ed25519 key/,
    ],
    ['a key that is not there', () => ['--audit', fresh('log'), '--audit-key', fresh('key')], 66, /ENOENT/],
    ['a key for nothing', () => ['--audit-key', fresh('key')], 64, /say with --audit where that is/],
  ])('does not run a guest with %s', async (_, options, code, why) => {
    const files = host()
    const ended = await gauntlet(['run', few, '--dir', files, ...options()])
    expect([ended.code, complaint(ended)]).toEqual([code, expect.stringMatching(why)])
    expect(readdirSync(files)).toEqual([])
  })

  it('does not run a guest while another process writes to the log', async () => {
    const [path, files] = [fresh('log'), host()]
    await using _ = AuditLog.open(path)
    const ended = await gauntlet(['run', few, '--dir', files, '--audit', path])
    expect([ended.code, complaint(ended)]).toEqual([
      66,
      expect.stringContaining(`is being written by the process ${process.pid}`),
    ])
    expect(readdirSync(files)).toEqual([])
  })
})

describe('what was agreed to', () => {
  it('is on record for each request, guest text quoted and cut', async () => {
    const path = fresh('log')
    const log = AuditLog.open(path)
    const because = 'the policy grants it.'
    const base = { requested: 'all', granted: 'all', state: 'granted', because } as const
    noteConsents(log, Uint8Array.of(1), [
      { ...base, capability: 'clock', object: null },
      { ...base, capability: 'net.http', object: `\u001b[2J${'x'.repeat(2000)}`, state: 'refused', granted: null },
    ])
    await log.close()
    const [clock, http] = linesIn(path).filter(({ type }) => type === 'consent')
    const module = createHash('sha256').update(Uint8Array.of(1)).digest('hex')
    expect(clock).toMatchObject({ module, capability: 'clock', object: null, state: 'granted', because })
    expect(http).toMatchObject({
      capability: 'net.http',
      object: expect.stringMatching(/^"\\u\{1b\}\[2Jx+"… \(2004 characters\)$/),
      state: 'refused',
    })
  })
})

describe('gauntlet run --out on a full disk', () => {
  it('prints what the guest wrote all the same, and then says what went wrong', async () => {
    const ended = await withSmallFiles(16, ['run', await module('filler', FILLER), '--memory-dir', '/m', '--out', fresh('out')])
    expect(ended).toMatchObject({ code: 2, stdout: 'done\n' })
    expect(ended.stderr).toMatch(/^gauntlet: A file may not grow any further: .*EFBIG.*\n$/)
  })
})

describe('gauntlet audit verify', () => {
  it('ends with 1 and names the first bad record', async () => {
    const log = fresh('log')
    await logWith(log, 5)
    const [path] = segmentFiles(log)
    writeFileSync(path!, readFileSync(path!, 'utf8').replace('"sequence":3', '"sequence":7'))
    const ended = await gauntlet(['audit', 'verify', log])
    expect(ended).toMatchObject({
      code: 1,
      stderr: '',
      stdout:
        'not intact: audit-00000001.jsonl, line 5 (record 5) is not what its hash says.\nin order before that: 4 records in 1 segment\n',
    })
    expect(JSON.parse((await verify([log], { json: true })).text)).toMatchObject({
      intact: false,
      finding: { kind: 'line', file: 'audit-00000001.jsonl', line: 5, seq: 5 },
    })
  })

  it('takes the anchor in the directory, or another one, and says if there is none', async () => {
    const [log, anchor] = [fresh('log'), fresh('anchor')]
    await logWith(log, 5, { anchor })
    expect((await verify([log])).text).toContain('note: there is no anchor')
    expect((await verify([log], { anchor })).text).not.toContain('anchor')
    const [path] = segmentFiles(log)
    truncateSync(path!, readFileSync(path!).lastIndexOf('{"seq"'))
    expect((await verify([log])).code).toBe(0)
    expect(await verify([log], { anchor })).toMatchObject({
      code: 1,
      text: expect.stringContaining('the end of the log was cut off'),
    })
    await expect(verify([log], { anchor: fresh('none') })).rejects.toThrow('There is no anchor')
  })

  it.each([
    ['that is not there', () => fresh('log'), /ENOENT/],
    ['without a segment', () => host(), /there is no segment/],
    ['that is something else', () => few, /does not begin with the header of a segment/],
    ['that is a device', () => '/dev/null', /EINVAL/],
  ])('says in one sentence what is wrong with a log %s', async (_, path, why) => {
    const ended = await gauntlet(['audit', 'verify', path()])
    expect([ended.code, complaint(ended)]).toEqual([66, expect.stringMatching(why)])
  })
})

describe('gauntlet audit show', () => {
  it('prints the records that fit, as text or as they are', async () => {
    const path = fresh('log')
    const log = AuditLog.open(path)
    for (let i = 1; i <= 3; i++) await log.write({ ...decision(i), instance: `instance-${i}`, time: 1_700_000_000_000 })
    await log.write({ ...decision(4), decision: 'denied', errno: 'notcapable', object: '"\\u{1b}[2J"', time: Date.now() })
    await log.close()
    expect((await show(path)).lines).toHaveLength(linesIn(path).length)
    expect((await show(path, { instance: 'instance-2' })).lines).toEqual([expect.stringContaining('sequence=2')])
    expect((await show(path, { type: ['segment', 'checkpoint'] })).lines).toHaveLength(3)
    expect((await show(path, { module: 'b' })).lines).toEqual([])
    const denied = await show(path, { decision: 'denied', since: '1h' })
    expect(denied.lines).toEqual([
      expect.stringMatching(
        /^\d{4}-\d\d-\d\dT[\d:.]+Z {2}6 {2}decision {2}sequence=4 .*object="\\u\{1b\}\[2J" decision=denied errno=notcapable$/,
      ),
    ])
    const [line] = (await show(path, { decision: 'denied', json: true })).lines
    expect(readFileSync(segmentFiles(path)[0]!, 'utf8').split('\n')).toContain(line)
    expect((await show(path, { since: '2023-11-14', type: ['decision'] })).lines).toHaveLength(4)
    expect((await show(path, { since: '2023-11-15T00:00Z', type: ['decision'] })).lines).toHaveLength(1)
  })

  it('leaves out a piece of a record at the end, and says so', async () => {
    const path = fresh('log')
    await logWith(path, 2)
    const [file] = segmentFiles(path)
    truncateSync(file!, readFileSync(file!).length - 5)
    const { lines, problems } = await show(path)
    expect(lines).toHaveLength(4)
    expect(problems).toBe('gauntlet: audit-00000001.jsonl ends in a piece of a record, which is left out.\n')
  })

  it('does not go on behind a record that is none', async () => {
    const path = fresh('log')
    await logWith(path, 3)
    const [file] = segmentFiles(path)
    writeFileSync(file!, readFileSync(file!, 'utf8').replace('"sequence":2', '"sequence":8'))
    await expect(show(path)).rejects.toThrow(/line 4 is not what its hash says/)
  })

  it.each([{ since: 'yesterday' }, { since: '2026-99-99' }, { decision: 'maybe' }])('says what %o should be', async (options) => {
    const path = fresh('log')
    await logWith(path, 1)
    await expect(show(path, options)).rejects.toThrow(/; (?:write|it is) /)
  })
})
