// locateAddon: finds an addon that loads, never touches installed files, and explains itself where none loads.
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type AddonLocation, installedAddonPath, locateAddon } from '../../../src/campaign/engines/jazzer-addon.ts'

const directory = mkdtempSync(join(tmpdir(), 'gauntlet-addon-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')
const original = installedAddonPath()!
const isGlibcLinux = process.platform === 'linux' && /glibcVersionRuntime/.test(JSON.stringify(process.report.getReport()))

/** The prebuilt addon with every occurrence of some texts replaced by others of equal length. */
function variant(name: string, replacements: Record<string, string>): string {
  const bytes = readFileSync(original)
  for (const [from, to] of Object.entries(replacements)) {
    for (let at = bytes.indexOf(from); at !== -1; at = bytes.indexOf(from)) bytes.write(to, at, 'latin1')
  }
  const path = join(directory, name)
  writeFileSync(path, bytes)
  return path
}

describe('where nothing can be loaded', () => {
  test('no such file', async () => {
    const found = await locateAddon({ addonPath: join(directory, 'missing.node') })
    expect(found.status).toBe('unavailable')
    expect(found.reason).toMatch(/there is no addon at .*missing\.node/)
    expect(found.path).toBeUndefined()
  })

  test('not a shared object: the loader is quoted, and no copy is made', async () => {
    const path = join(directory, 'garbage.node')
    const cache = join(directory, 'garbage-cache')
    writeFileSync(path, 'this is not an addon')
    const found = await locateAddon({ addonPath: path, cacheDirectories: [cache] })
    expect(found).toMatchObject({ status: 'unavailable', original: path })
    expect(found.reason).toMatch(/^Error: .*garbage\.node/)
    expect(() => statSync(cache)).toThrow('ENOENT')
  })

  test('a shared object that is not an addon of this kind fails the load test', async () => {
    const path = join(directory, 'other.cjs')
    writeFileSync(path, 'module.exports = {}')
    const found = await locateAddon({ addonPath: path })
    expect(found.status).toBe('unavailable')
    expect(found.reason).toMatch(/registerCoverageMap is not a function/)
  })

  test('an addon that takes its process with it is only reported', async () => {
    const path = join(directory, 'abort.cjs')
    writeFileSync(path, 'process.abort()')
    const found = await locateAddon({ addonPath: path })
    expect(found).toMatchObject({ status: 'unavailable', reason: 'the load test ended with SIGABRT' })
  })

  test.runIf(isGlibcLinux)('a version from the future that no edit is known for', async () => {
    const addonPath = variant('future.node', { 'GLIBC_2.38': 'GLIBC_9.38', 'GLIBCXX_3.4.32': 'GLIBCXX_3.4.99' })
    const found = await locateAddon({ addonPath, cacheDirectories: [join(directory, 'future-cache')] })
    expect(found.status).toBe('unavailable')
    expect(found.reason).toMatch(/needs GLIBC(XX)?_\S+, which .* no compatibility copy can be made: none of the versions/)
  })
})

describe.runIf(isGlibcLinux)('on a Linux with glibc', () => {
  const cache = join(directory, 'cache')
  let before: string
  let found: AddonLocation
  beforeAll(async () => {
    before = sha256(original)
    found = await locateAddon({ cacheDirectories: [cache] })
  })
  const copied = (): boolean => found.status === 'compatibility-copy'

  test('some form of the installed addon passes the load test', () => {
    expect(found.status).toMatch(/^(native|compatibility-copy)$/)
    expect(found.original).toBe(original)
  })

  test('the installed file is as it was', () => {
    expect(sha256(original)).toBe(before)
    expect(
      readdirSync(dirname(original)).filter((name) => !/^fuzzer-(linux|darwin|win32)-(x64|arm64)\.node$/.test(name)),
    ).toEqual([])
  })

  test('a copy is made only for a version that is too new, is named after the original, and says what was edited', (context) => {
    if (!copied()) return context.skip('the original loads here')
    expect(found.reason).toMatch(/^the original needs GLIBC(XX)?_\S+, .*__isoc23_strtol@GLIBC_2\.38/)
    expect(found.path).toBe(join(cache, `fuzzer-${before}.node`))
    expect(found.edits).toHaveLength(8)
    expect(readdirSync(cache)).toEqual([`fuzzer-${before}.node`])
  })

  test('a copy that is there already is used as it is', async (context) => {
    if (!copied()) return context.skip('the original loads here')
    const { ino, mtimeMs } = statSync(found.path!)
    expect(await locateAddon({ cacheDirectories: [cache] })).toEqual(found)
    expect(statSync(found.path!)).toMatchObject({ ino, mtimeMs })
  })

  test('a copy that was tampered with is replaced, not loaded', async (context) => {
    if (!copied()) return context.skip('the original loads here')
    const good = sha256(found.path!)
    writeFileSync(found.path!, 'tampered')
    expect(await locateAddon({ cacheDirectories: [cache] })).toEqual(found)
    expect(sha256(found.path!)).toBe(good)
  })

  test('a folder that others can write to is passed over for the next one', async (context) => {
    if (!copied()) return context.skip('the original loads here')
    const open = join(directory, 'open')
    mkdirSync(open)
    chmodSync(open, 0o777)
    const blocked = join(directory, 'file')
    writeFileSync(blocked, '')
    const next = join(directory, 'next')
    const again = await locateAddon({ cacheDirectories: [open, blocked, join(blocked, 'below'), next] })
    expect(again.path).toBe(join(next, `fuzzer-${before}.node`))
    expect(readdirSync(open)).toEqual([])
  })

  test('by default the copy goes to the cache of the node_modules folder that holds the addon', async (context) => {
    if (!copied()) return context.skip('the original loads here')
    const modules = join(directory, 'project', 'node_modules')
    const addonPath = join(modules, '@jazzer.js', 'fuzzer', 'prebuilds', basename(original))
    mkdirSync(dirname(addonPath), { recursive: true })
    copyFileSync(original, addonPath)
    const own = await locateAddon({ addonPath })
    expect(own.path).toBe(join(modules, '.cache', 'wasm-gauntlet', `fuzzer-${before}.node`))
  })

  test('and to a private temporary folder if there is no node_modules folder', async (context) => {
    if (!copied()) return context.skip('the original loads here')
    const temporary = join(directory, 'tmp')
    mkdirSync(temporary)
    vi.stubEnv('TMPDIR', temporary)
    const addonPath = join(directory, basename(original))
    copyFileSync(original, addonPath)
    const own = await locateAddon({ addonPath })
    vi.unstubAllEnvs()
    expect(dirname(dirname(own.path!))).toBe(temporary)
    expect(statSync(dirname(own.path!)).mode & 0o777).toBe(0o700)
  })

  test('without any usable folder the reasons are listed', async (context) => {
    if (!copied()) return context.skip('the original loads here')
    const none = await locateAddon({ cacheDirectories: [join(directory, 'open')] })
    expect(none.status).toBe('unavailable')
    expect(none.reason).toMatch(/the compatibility copy does not work either: .*can be written by, somebody else/)
  })
})
