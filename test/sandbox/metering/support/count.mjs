// Runs metered modules in whatever engine starts this, and prints what each used: `count.mjs FOLDER`. A module is called as `run(0)` to `run(5)`.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = process.argv[2]
const PLENTY = 2n ** 50n
const counts = {}
for (const file of readdirSync(folder).sort()) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(join(folder, file))))
  const fuel = exports['$gauntlet.fuel']
  counts[file] = [0, 1, 2, 3, 4, 5].map((argument) => {
    fuel.value = PLENTY
    let end
    try {
      end = String(exports.run(argument, argument))
    } catch (error) {
      end = error instanceof WebAssembly.RuntimeError ? 'trap' : error.constructor.name
    }
    return `${end}: ${PLENTY - fuel.value}`
  })
}
console.log(JSON.stringify(counts))
