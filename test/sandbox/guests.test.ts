// Guests of real compilers: the modules under examples/guests are those of the README, and do what their sources say.
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { createSandbox } from '../../src/sandbox/index.ts'

const HERE = new URL('../../examples/guests/', import.meta.url)
const README = readFileSync(new URL('README.md', HERE), 'utf8')
const ROWS = [...README.matchAll(/^\|\s*`(\w+)\/hello\.wasm`\s*\|\s*(\d+)\s*\|\s*`([0-9a-f]{64})`\s*\|$/gm)].map(
  ([, language, size, digest]) => ({
    language: language!,
    size: Number(size),
    digest: digest!,
  }),
)
const WORDS: Readonly<Record<string, string>> = { c: 'C', rust: 'Rust', assemblyscript: 'AssemblyScript' }

const sandbox = createSandbox('default')
afterAll(() => sandbox[Symbol.asyncDispose]())

it('the README names all three', () => {
  expect(ROWS.map((row) => row.language)).toEqual(Object.keys(WORDS))
})

describe.each(ROWS)('$language', ({ language, size, digest }) => {
  const file = new URL(`${language}/hello.wasm`, HERE)
  const bytes = readFileSync(file)
  const run = async (options: Parameters<typeof sandbox.execute>[2]) => {
    const result = await sandbox.execute(bytes, undefined, options)
    return [result.outcome, result.exitCode, Buffer.from(result.stdout).toString(), Buffer.from(result.stderr).toString()]
  }

  it('is the module that the README describes, and small', () => {
    expect([statSync(file).size, createHash('sha256').update(bytes).digest('hex')]).toEqual([size, digest])
    expect(size).toBeLessThan(100_000)
  })

  it('sees its arguments, environment, input and clock', async () => {
    expect(await run({ args: ['hello', 'Ada', '7'], env: { GREETING: 'Good day' }, stdin: 'first\nsecond\n' })).toEqual([
      'exited',
      7,
      'Good day, Ada!\nYou say: first\n',
      `${WORDS[language]}: 3 arguments, clock running\n`,
    ])
  })

  it('sees nothing when it is given nothing', async () => {
    const [outcome, ...rest] = await run({})
    expect(['completed', 'exited']).toContain(outcome)
    expect(rest).toEqual([0, 'Hello, world!\n', `${WORDS[language]}: 0 arguments, clock running\n`])
  })
})
