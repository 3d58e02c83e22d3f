// docs/manifest.md: its example is a manifest, its table has every capability, its program is of this package.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as sandbox from '../../src/sandbox/index.ts'
import { CAPABILITIES } from '../../src/sandbox/policy/authority.ts'
import { parseManifest } from '../../src/sandbox/policy/manifest.ts'

const page = readFileSync(new URL('../../docs/manifest.md', import.meta.url), 'utf8')
const block = (language: string) => new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'm').exec(page)?.[1] ?? ''

describe('docs/manifest.md', () => {
  it('has an example that is a manifest', () => {
    expect(parseManifest(new TextEncoder().encode(block('json'))).capabilities.length).toBeGreaterThan(2)
  })

  it('has a row for every capability', () => {
    for (const name of CAPABILITIES.filter((one) => !one.startsWith('crypto.')))
      expect(page).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'))
  })

  it('imports what the package exports', () => {
    const names = /import \{ (.*) \}/.exec(block('ts'))![1]!.split(', ')
    expect(Object.keys(sandbox)).toEqual(expect.arrayContaining(names))
  })
})
