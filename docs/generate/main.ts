// Writes the generated pages, and removes those of codes that are no more: `node docs/generate/main.ts`.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { generatedPages } from './pages.ts'

const DOCS = resolve(import.meta.dirname, '..')
const ERRORS = join(DOCS, 'errors')

const pages = generatedPages()
mkdirSync(ERRORS, { recursive: true })
for (const name of readdirSync(ERRORS)) if (!pages.has(`errors/${name}`)) rmSync(join(ERRORS, name))
for (const [path, text] of pages) writeFileSync(join(DOCS, path), text)
console.log(`${pages.size} pages`)
