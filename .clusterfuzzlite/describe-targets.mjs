// Writes what the fuzzing service needs of each target: an entry file, its options and its dictionary; and says how jazzer.js is called for it.
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'

const [, , project, out] = process.argv
const load = (path) => import(pathToFileURL(join(project, path)).href)

/** The service takes letters, digits, hyphens and underscores, and looks for names that end like this. */
const nameOf = (target) => `${target.replaceAll('-', '_')}_fuzzer`

const suffix = '.fuzz.js'
for (const file of readdirSync(join(project, 'build', 'fuzz')).sort()) {
  if (!file.endsWith(suffix)) continue
  const target = file.slice(0, -suffix.length)
  const { about } = await load(`build/fuzz/${file}`)
  const name = nameOf(target)
  writeFileSync(join(project, `${name}.js`), `export { fuzz } from './build/fuzz/${file}'\n`)
  writeFileSync(join(out, `${name}.options`), `[libfuzzer]\nmax_len = ${about.maxLength ?? 4096}\n`)
  if (about.dictionary) copyFileSync(join(project, about.dictionary), join(out, `${name}.dict`))
  const includes = (about.includes ?? ['build/src/']).map((part) => `--includes=${part}`)
  // Synchronous, so that loops without end are noticed; no bug detectors, as hostile paths are what some targets are about.
  process.stdout.write(`${[name, '--sync', '--disableBugDetectors=.*', '--excludes=node_modules', ...includes].join(' ')}\n`)
}

// The services' runners have an older C library than the builder. The copy loads on both.
const { makeCompatible } = await load('build/src/campaign/engines/elf-compat.js')
const fuzzer = dirname(createRequire(join(project, 'package.json')).resolve('@jazzer.js/fuzzer/package.json'))
const addon = join(fuzzer, 'prebuilds', `fuzzer-${process.platform}-${process.arch}.node`)
const copy = makeCompatible(readFileSync(addon))
writeFileSync(join(project, 'addon-copy.node'), copy.status === 'refused' ? readFileSync(addon) : copy.bytes)
writeFileSync(join(project, 'addon.txt'), relative(project, addon))
// A target may keep a server or a folder open.
process.exit(0)
