// Writes corpus/seeds/<target> from what working corpora reach: few and small inputs, to be committed. `node fuzz/seeds.ts [corpora] [target...]`,
// after `npm run build:fuzz`.
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { mergeCorpora } from '../src/campaign/engines/merge-corpora.ts'
import type { FuzzTargetAbout } from '../src/campaign/property.ts'

const ROOT = resolve(import.meta.dirname, '..')
const [corpora = join(ROOT, '.cache', 'fuzz'), ...wanted] = process.argv.slice(2)
const folder = join(ROOT, 'build', 'fuzz')
const targets = readdirSync(folder).flatMap((name) => /^(.+)\.fuzz\.js$/.exec(name)?.[1] ?? [])

for (const name of wanted.length > 0 ? wanted : targets) {
  const target = join(folder, `${name}.fuzz.js`)
  const { about } = (await import(pathToFileURL(target).href)) as { about: FuzzTargetAbout }
  const into = join(ROOT, 'corpus', 'seeds', name)
  const from = [into, join(resolve(corpora), name)].filter((each) => existsSync(each))
  const includes = about.includes ?? ['build/src/']
  // Short ones are enough: libFuzzer takes the shorter of two inputs that reach the same.
  const result = await mergeCorpora({ target, includes, maxLength: about.maxLength ?? 4_096, from, into, edgesOnly: true })
  console.log(`${name}: ${result.status === 'merged' ? `${result.after} of ${result.before} inputs` : result.reason}`)
}
// Targets keep folders and servers open.
process.exit(0)
