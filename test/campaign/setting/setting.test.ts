// Settings: made as told, filled in, watched from outside, and gone afterwards.
import { Resolver } from 'node:dns/promises'
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type Setting, settingSchema } from '../../../src/attacks/setting.ts'
import { MadeSetting } from '../../../src/campaign/setting/setting.ts'

let made: MadeSetting
afterEach(() => made.remove())
const make = async (setting: unknown) => {
  made = await MadeSetting.make(settingSchema.parse(setting) as Setting, 'SECRET')
  return made
}

/** Sends text to a server of the setting and gives all that comes back. */
const talk = (port: string, text: string) =>
  new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.end(text))
    let got = ''
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      got += chunk
    })
    socket.on('close', () => resolve(got)).on('error', reject)
  })

describe('directories', () => {
  const setting = {
    directories: {
      root: {
        'a.txt': 'text',
        'deep/b.txt': 'b',
        out: { link: '{dir:outside}/secret.txt' },
        pipe: { fifo: true },
        empty: { directory: true },
        again: { hardLink: 'outside/secret.txt' },
      },
      outside: { 'secret.txt': '{secret}' },
    },
  }

  it('hold what they were told', async () => {
    const { path } = await make(setting)
    expect(readFileSync(join(path, 'outside/secret.txt'), 'utf8')).toBe('SECRET')
    expect(readlinkSync(join(path, 'root/out'))).toBe(join(path, 'outside/secret.txt'))
    expect(lstatSync(join(path, 'root/pipe')).isFIFO()).toBe(true)
    expect(statSync(join(path, 'root/again')).ino).toBe(statSync(join(path, 'outside/secret.txt')).ino)
    expect(await made.effects()).toEqual({ done: [], sent: [] })
  })

  it('tell every change', async () => {
    const { path } = await make(setting)
    writeFileSync(join(path, 'root/new'), 'n')
    writeFileSync(join(path, 'root/a.txt'), 'other')
    rmSync(join(path, 'outside/secret.txt'))
    renameSync(join(path, 'root/deep/b.txt'), join(path, 'root/deep/c.txt'))
    expect((await made.effects()).done).toEqual([
      'outside/secret.txt removed',
      'root/a.txt changed',
      'root/again changed',
      'root/deep/b.txt removed',
      'root/deep/c.txt created',
      'root/new created',
    ])
  })

  it('tell what is gone as a whole, and what has become too large to read', async () => {
    const { path } = await make(setting)
    rmSync(join(path, 'outside'), { recursive: true })
    truncateSync(join(path, 'root/a.txt'), 2 ** 33)
    expect((await made.effects()).done).toEqual([
      'outside removed',
      'outside/secret.txt removed',
      'root/a.txt changed',
      'root/again changed',
    ])
  })

  it('that cannot be made leave nothing behind', async () => {
    await make({})
    const before = process.env['TMPDIR']
    const own = mkdtempSync(join(tmpdir(), 'settings-'))
    process.env['TMPDIR'] = own
    try {
      const impossible = { directories: { root: { again: { hardLink: 'root/missing' } } }, servers: { api: {} } }
      await expect(MadeSetting.make(settingSchema.parse(impossible) as Setting, 'SECRET')).rejects.toThrow('ENOENT')
      expect(readdirSync(own)).toEqual([])
    } finally {
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
      rmSync(own, { recursive: true })
    }
  })

  it('are gone afterwards', async () => {
    const { path } = await make(setting)
    await made.remove()
    expect(existsSync(path)).toBe(false)
  })

  it('whose paths change place are as they were in the end', async () => {
    const { path } = await make({ ...setting, swaps: [{ path: 'root/deep', link: '{dir:outside}' }] })
    const seen = new Set<boolean>()
    for (let i = 0; i < 10_000 && seen.size < 2; i++) {
      seen.add(lstatSync(join(path, 'root/deep'), { throwIfNoEntry: false })?.isSymbolicLink() ?? false)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(seen).toEqual(new Set([true, false]))
    expect((await made.effects()).done).toEqual([])
    expect(readFileSync(join(path, 'root/deep/b.txt'), 'utf8')).toBe('b')
  })
})

describe('servers', () => {
  it('answer as told and keep what they were sent', async () => {
    await make({
      servers: {
        api: {
          responses: [
            { path: '/away', status: 302, headers: { Location: 'http://127.0.0.1:{port:other}/' } },
            { path: '/raw', raw: 'not HTTP' },
            { path: '/drip', body: 'ab', dripMs: 1 },
            { path: '/late', delayMs: 5, gzipOfZeros: 1000 },
            { body: 'yes' },
          ],
        },
        other: {},
      },
    })
    const port = made.filled('{port:api}')
    expect(await talk(port, 'GET /away HTTP/1.1\r\n\r\n')).toContain(`Location: http://127.0.0.1:${made.filled('{port:other}')}/`)
    expect(await talk(port, 'GET /raw HTTP/1.1\r\n\r\n')).toBe('not HTTP')
    expect(await talk(port, 'GET /drip HTTP/1.1\r\n\r\n')).toMatch(/\r\n\r\nab$/)
    expect((await talk(port, 'GET /late HTTP/1.1\r\n\r\n')).length).toBeLessThan(200)
    expect(await talk(port, 'GET / HTTP/1.1\r\nA: b\r\n\r\n')).toMatch(/^HTTP\/1.1 200 [\s\S]*yes$/)
    await talk(made.filled('{port:other}'), '')
    expect(await talk(made.filled('{port:other}'), 'GET /x HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1.1 404/)
    const { done, sent } = await made.effects()
    expect(done).toEqual([
      'api: GET / HTTP/1.1',
      'api: GET /away HTTP/1.1',
      'api: GET /drip HTTP/1.1',
      'api: GET /late HTTP/1.1',
      'api: GET /raw HTTP/1.1',
      'other: GET /x HTTP/1.1',
      'other: connection',
    ])
    expect(sent).toContain('GET / HTTP/1.1\r\nA: b\r\n\r\n')
  })

  it('show what they were sent, and answer again on a connection that stays open', async () => {
    await make({
      servers: { api: { responses: [{ path: '/echo', echo: true }, { path: '/stay', keepOpen: true, body: '.' }, {}] } },
    })
    const port = made.filled('{port:api}')
    expect(await talk(port, 'GET /echo HTTP/1.1\r\nA: b\r\n\r\n')).toMatch(/\r\n\r\nGET \/echo HTTP\/1.1\r\nA: b\r\n\r\n$/)
    const stays = 'GET /stay HTTP/1.1\r\n\r\n'
    const answers = await talk(port, `${stays}${stays}GET /last HTTP/1.1\r\n\r\n`)
    expect(answers.match(/HTTP\/1.1 200|Connection: [a-z-]+/g)).toEqual([
      ...['HTTP/1.1 200', 'Connection: keep-alive'],
      ...['HTTP/1.1 200', 'Connection: keep-alive'],
      ...['HTTP/1.1 200', 'Connection: close'],
    ])
    expect((await made.effects()).done).toEqual(['api: GET /echo HTTP/1.1', 'api: GET /stay HTTP/1.1'])
  })
})

describe('the name server', () => {
  it('answers by turns, by type, and not for names that it does not know', async () => {
    await make({ names: { 'a.test': [['192.0.2.1', '2001:db8::1'], ['127.0.0.1']] } })
    const resolver = new Resolver({ timeout: 2000, tries: 1 })
    resolver.setServers([made.filled('{dns}')])
    expect(await resolver.resolve4('a.test')).toEqual(['192.0.2.1'])
    expect(await resolver.resolve4('a.test')).toEqual(['127.0.0.1'])
    expect(await resolver.resolve4('A.TEST')).toEqual(['127.0.0.1'])
    expect(await resolver.resolve6('a.test')).toEqual(['2001:db8::1'])
    await expect(resolver.resolve4('b.test')).rejects.toMatchObject({ code: 'ENOTFOUND' })
    expect((await made.effects()).done).toEqual(['dns: a.test', 'dns: b.test'])
  })
})

describe('variables', () => {
  it('are those of the setting, filled in', async () => {
    await make({ servers: { proxy: {} }, environment: { HTTP_PROXY: 'http://x:{secret}@127.0.0.1:{port:proxy}' } })
    expect(made.environment).toEqual({ HTTP_PROXY: `http://x:SECRET@127.0.0.1:${made.filled('{port:proxy}')}` })
  })
})

describe('filling in', () => {
  it('reaches texts, keys and bytes, and leaves everything else', async () => {
    await make({ directories: { root: {} } })
    const root = join(made.path, 'root')
    const run = {
      args: ['{dir:root}', '{port:none}', '{other}'],
      env: { '{secret}': 'x' },
      stdin: Buffer.from('{secret}\xff', 'latin1'),
      policy: { capabilities: { fs: { mounts: [{ kind: 'directory', at: '/', source: '{dir:root}', writable: true }] } } },
    }
    expect(made.run(run)).toEqual({
      args: [root, '{port:none}', '{other}'],
      env: { SECRET: 'x' },
      stdin: new Uint8Array(Buffer.from('SECRET\xff', 'latin1')),
      policy: { capabilities: { fs: { mounts: [{ kind: 'directory', at: '/', source: root, writable: true }] } } },
    })
  })
})
