// A host that is not installed is named with what to do about it; one that is, by the version that it says itself.
import { describe, expect, it } from 'vitest'
import { loadPackage, MissingPackage, versionOf } from '../../../src/targets/hosts/package.ts'

describe('packages of other hosts', () => {
  it('says how to install what is missing', async () => {
    const loading = loadPackage('@nobody/no-such-host', '@nobody/no-such-host@1.0.0')
    await expect(loading).rejects.toThrow(MissingPackage)
    await expect(loading).rejects.toThrow(
      'the package @nobody/no-such-host is not installed: run "npm install --save-dev @nobody/no-such-host@1.0.0"',
    )
  })
  it('lets any other error of a package through, such as a part that it does not export', async () => {
    await expect(loadPackage('quickjs-wasi/no-such-part', 'quickjs-wasi@3.6.2')).rejects.not.toThrow(MissingPackage)
  })
  it('knows a package by its own name and version, whatever it is imported as', () => {
    expect(versionOf('extism2')).toMatch(/^@extism\/extism 2\./)
    expect(versionOf('@extism/extism')).toMatch(/^@extism\/extism 1\./)
  })
})
