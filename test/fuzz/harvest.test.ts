// Harvesting literals: from code that is parsed, so that comments and texts that look like numbers are what they are.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { harvest } from '../../fuzz/harvest.ts'

const build = mkdtempSync(join(tmpdir(), 'harvest-'))
afterAll(() => rmSync(build, { recursive: true }))

describe('harvest', () => {
  it('takes texts and numbers of the boundary and of the services behind it', () => {
    for (const [folder, code] of [
      [
        'host/wasi',
        "import x from './import.js'\n// 'comment' 77\nif (path === 'sesame' || n > 0x1234) throw new Error('a sentence for people')",
      ],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code's template
      ['broker', 'export const f = (n) => n === -5n ? `template${n}end` : /regex/.test(n) ? 10_000 : 0.5'],
      ['policy', "export const other = 'elsewhere'"],
    ]) {
      mkdirSync(join(build, 'src', 'sandbox', folder!), { recursive: true })
      writeFileSync(join(build, 'src', 'sandbox', folder!, 'code.js'), code!)
    }
    const { texts, numbers } = harvest(build)
    expect([...texts].sort()).toEqual(['end', 'sesame', 'template'])
    expect([...numbers].sort()).toEqual(['10000', '4660', '5'])
  })
})
