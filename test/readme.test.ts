// Every example of README.md is run: commands by a shell, programs by Node, in a folder of their own against this tree.
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assemble } from '../src/attacks/assemble.ts'

const ROOT = resolve(import.meta.dirname, '..')
const README = readFileSync(join(ROOT, 'README.md'), 'utf8')
const dir = mkdtempSync(join(tmpdir(), 'gauntlet-readme-'))

interface Block {
  readonly info: string
  readonly text: string
  readonly line: number
}
const blocks: readonly Block[] = [...README.matchAll(/^```(\S.*)\n([\s\S]*?)^```$/gm)].map((match) => ({
  info: match[1]!,
  text: match[2]!,
  line: README.slice(0, match.index).split('\n').length,
}))

interface Command {
  readonly command: string
  readonly output: string
  readonly line: number
}
const commands: readonly Command[] = blocks
  .filter(({ info }) => info === 'console test')
  .flatMap(({ text, line }) =>
    text
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [command = '', ...output] = part.split('\n')
        return {
          command,
          output: output.join('\n'),
          line: line + 1 + text.slice(0, text.indexOf(`$ ${command}`)).split('\n').length - 1,
        }
      }),
  )
const programs = blocks.flatMap(({ info, text, line }, index) => {
  if (info !== 'ts test') return []
  const output = blocks[index + 1]
  if (output?.info !== 'text output') throw new Error(`README.md:${line}: the program has no output block after it`)
  return [{ text, line, output: output.text }]
})

/** Figures that differ from run to run. */
const normal = (text: string) => text.replace(/\d+(\.\d+)? (ms|s|MiB)\b/g, 'N $2')

beforeAll(async () => {
  for (const folder of ['examples', 'corpus']) symlinkSync(join(ROOT, folder), join(dir, folder))
  for (const name of ['hello', 'spin', 'add']) {
    writeFileSync(join(dir, `${name}.wasm`), await assemble(readFileSync(join(ROOT, 'examples', `${name}.wat`), 'utf8')))
  }
  copyFileSync(join(ROOT, 'examples', 'guests', 'rust', 'log-parser.wasm'), join(dir, 'log-parser.wasm'))
  // Stands in for npx: the command of this tree, without a build and without a registry.
  mkdirSync(join(dir, 'bin'))
  writeFileSync(
    join(dir, 'bin', 'npx'),
    `#!/bin/sh\n[ "$1" = gauntlet ] || exit 127\nshift\nexec "${process.execPath}" "${join(ROOT, 'src', 'cli', 'main.ts')}" "$@"\n`,
  )
  chmodSync(join(dir, 'bin', 'npx'), 0o755)
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

describe('README.md', () => {
  it('has examples, so that the tests below are not empty', () => {
    expect(commands.length).toBeGreaterThanOrEqual(8)
    expect(programs.length).toBeGreaterThanOrEqual(1)
  })

  it.each(commands)('line $line: $ $command', ({ command, output }) => {
    const env = { ...process.env, PATH: `${join(dir, 'bin')}:${process.env['PATH']}` }
    const ran = spawnSync('sh', ['-c', `{ ${command}\n} 2>&1`], { cwd: dir, env, encoding: 'utf8' })
    expect(normal(ran.stdout)).toBe(normal(output))
  })

  it.each(programs)('line $line: the program prints what stands below it', ({ text, output, line }) => {
    const path = join(dir, `program-${line}.ts`)
    writeFileSync(path, text.replaceAll(`'wasm-gauntlet/sandbox'`, JSON.stringify(join(ROOT, 'src', 'sandbox', 'index.ts'))))
    const ran = spawnSync(process.execPath, [path], { cwd: dir, encoding: 'utf8' })
    expect(ran.stderr).toBe('')
    expect(normal(ran.stdout)).toBe(normal(output))
  })

  it.each(blocks.filter(({ info }) => info.includes('file=')))('line $line: $info is that file', ({ info, text }) => {
    expect(text).toBe(readFileSync(join(ROOT, info.split('file=')[1]!), 'utf8'))
  })

  it.each([...README.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map((match) => match[1]!))(
    'the link to %s leads somewhere',
    (path) => {
      expect(() => readFileSync(join(ROOT, path)), path).not.toThrow(/ENOENT/)
    },
  )
})
