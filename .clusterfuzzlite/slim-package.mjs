// Leaves in a package.json what the compiled targets need to run: the package's own dependencies, the engine, and a Node that is new enough.
import { readFileSync, writeFileSync } from 'node:fs'

const [, , path] = process.argv
const { name, version, type, dependencies, devDependencies } = JSON.parse(readFileSync(path, 'utf8'))
const engine = Object.fromEntries(['@jazzer.js/core', 'node'].map((each) => [each, devDependencies[each]]))
const slim = { name, version, type, private: true, dependencies: { ...dependencies, ...engine }, allowScripts: { node: true } }
writeFileSync(path, `${JSON.stringify(slim, null, 2)}\n`)
