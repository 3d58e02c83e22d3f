// A coverage-guided target without its engine: the file of the target, a folder of inputs, milliseconds; the answer is executions per second.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rateOver } from '../support/rate.ts'

const [target, folder, milliseconds] = process.argv.slice(2)
const { fuzz } = (await import(pathToFileURL(target!).href)) as { fuzz: (data: Buffer) => void }
const inputs = readdirSync(folder!).map((file) => readFileSync(join(folder!, file)))
if (inputs.length === 0) throw new Error('there is no input')
// Once for the compilers.
for (const input of inputs) fuzz(input)
process.send!(rateOver(Number(milliseconds), inputs, fuzz))
