// What `--target` takes, and what it says when it does not.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadTarget, resolveTarget, TargetError } from '../../src/targets/load.ts'

const FIXTURES = join(import.meta.dirname, 'fixtures')

describe('resolveTarget', () => {
  it('leaves the names of built-in targets as they are', () => {
    for (const name of ['jail', 'inline', 'bare']) expect(resolveTarget(name)).toBe(name)
  })
  it('makes a path absolute', () => {
    expect(resolveTarget('fixtures/toy-host.ts', import.meta.dirname)).toBe(join(FIXTURES, 'toy-host.ts'))
  })
  it('names the built-in targets when there is no such file', () => {
    expect(() => resolveTarget('jial')).toThrow(TargetError)
    expect(() => resolveTarget('jial')).toThrow(/"jial".*jail, inline, bare/)
  })
  it('refuses a file that is no program', () => {
    expect(() => resolveTarget('package.json')).toThrow(/not a JavaScript or TypeScript file/)
  })
})

describe('loadTarget', () => {
  it('takes a Target as default export', async () => {
    expect((await loadTarget(join(FIXTURES, 'toy-host.ts'))).name).toBe('toy-host')
  })
  it('takes a function that returns one', async () => {
    expect((await loadTarget(join(FIXTURES, 'slow-to-close.ts'))).name).toBe('slow-to-close')
  })
  it('loads the naive host', async () => {
    expect(await loadTarget('bare')).toMatchObject({ name: 'bare', own: false })
  })
  it.each([
    ['no-target.ts', /not a Target: `run` must be a function/],
    ['throwing-module.ts', /could not be loaded from .*: Error: not today/],
    ['no-default.ts', /its default export is undefined/],
    ['throwing-factory.ts', /threw when it was asked for the target .*: TypeError: no/],
    ['bad-name.ts', /`name` must be/],
    ['bad-close.ts', /`close` must be a function/],
    ['bad-unenforced.ts', /`unenforced` must be a list/],
    ['bad-guests.ts', /`guests` must be webassembly or javascript/],
    ['bad-offers.ts', /`offers` must be a list/],
    ['bad-withholds.ts', /`withholds` must be a list/],
  ])('%s: says what is wrong', async (file, message) => {
    const loading = loadTarget(join(FIXTURES, 'wrong', file))
    await expect(loading).rejects.toThrow(TargetError)
    await expect(loading).rejects.toThrow(message)
  })
  it('loads built-in targets from other sources if told so', async () => {
    expect((await loadTarget('jail', { sources: join(FIXTURES, 'sources') })).name).toBe('from-other-sources-jail')
  })
})
