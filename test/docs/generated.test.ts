// The generated pages are what the sources say now, and their links lead somewhere.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generatedPages } from '../../docs/generate/pages.ts'
import { CODES } from '../../src/sandbox/explain.ts'
import { ABI } from '../../src/sandbox/host/abi/index.ts'

const DOCS = resolve(import.meta.dirname, '..', '..', 'docs')
const generated = generatedPages()
const remedy = 'make them again with "node docs/generate/main.ts"'

/** Headings as GitHub names them, for those that the pages link to. */
const anchors = (text: string) =>
  new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replaceAll(' ', '-')
        .replace(/[^\w-]/g, ''),
    ),
  )

describe('the generated pages', () => {
  it.each([...generated])('docs/%s is current', (path, text) => {
    const file = join(DOCS, path)
    expect(existsSync(file), `docs/${path} is missing; ${remedy}`).toBe(true)
    expect(readFileSync(file, 'utf8') === text, `docs/${path} is not what the sources say; ${remedy}`).toBe(true)
  })

  it('are all the pages in docs/errors', () => {
    const pages = readdirSync(join(DOCS, 'errors')).map((name) => `errors/${name}`)
    expect(pages.filter((path) => !generated.has(path))).toEqual([])
  })

  it('have a page for every code', () => {
    expect(CODES.filter((code) => !generated.has(`errors/${code.replace('/', '-')}.md`))).toEqual([])
  })

  it('have a section for every host call', () => {
    const sections = anchors(generated.get('abi.md')!)
    expect(ABI.map(({ name }) => name).filter((name) => !sections.has(name))).toEqual([])
  })

  it.each([...generated])('docs/%s links to what is there', (path, text) => {
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
      const [file = '', anchor] = target.split('#')
      const linked = file === '' ? join(DOCS, path) : join(DOCS, dirname(path), file)
      expect(existsSync(linked), target).toBe(true)
      if (anchor !== undefined) expect([...anchors(readFileSync(linked, 'utf8'))], target).toContain(anchor)
    }
  })
})
