// The greeting of each language runs under the policy `default` with nothing said, and sees what it is handed.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { createSandbox } from '../../src/sandbox/index.ts'
import { gauntlet } from '../cli/spawn.ts'

const GUESTS = new URL('../../examples/guests/', import.meta.url)
const LANGUAGES = [
  ['c', 'C'],
  ['cpp', 'C++'],
  ['rust', 'Rust'],
  ['go', 'Go'],
  ['assemblyscript', 'AssemblyScript'],
] as const

const sandbox = createSandbox()
afterAll(() => sandbox[Symbol.asyncDispose]())

describe.each(LANGUAGES)('%s', (folder, language) => {
  const file = new URL(`${folder}/hello.wasm`, GUESTS)
  const run = async (options: Parameters<typeof sandbox.execute>[2]) => {
    const result = await sandbox.execute(readFileSync(file), undefined, options)
    return [result.success, result.exitCode, Buffer.from(result.stdout).toString(), Buffer.from(result.stderr).toString()]
  }

  it('sees its arguments, environment, input and clock', async () => {
    expect(await run({ args: ['hello', 'Ada', '7'], env: { GREETING: 'Good day' }, stdin: 'first\nsecond\n' })).toEqual([
      false,
      7,
      'Good day, Ada!\nYou say: first\n',
      `${language}: 3 arguments, clock running\n`,
    ])
  })

  it('sees nothing when it is given nothing', async () => {
    expect(await run({})).toEqual([true, 0, 'Hello, world!\n', `${language}: 0 arguments, clock running\n`])
  })

  it('runs on the command line with no options', async () => {
    expect(await gauntlet(['run', fileURLToPath(file)])).toMatchObject({
      code: 0,
      stdout: 'Hello, world!\n',
      stderr: `${language}: 1 arguments, clock running\n`,
    })
  })
})
