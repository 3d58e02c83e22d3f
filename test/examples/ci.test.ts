// The examples for CI and clusters: they are what their format says, use options that there are, and cover every shard once.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { parseBudget } from '../../src/campaign/budget.ts'
import { parseShard } from '../../src/campaign/shard.ts'
import { FUZZ_HELP, MERGE_HELP } from '../../src/cli/help.ts'
import { githubWorkflow } from '../../src/cli/init/github.ts'
import { KNOWN_OPTIONS } from '../cli/known-options.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const optionsIn = (command: string): string[] => command.match(/--[a-z-]+/g) ?? []
const known = (option: string): boolean => KNOWN_OPTIONS.has(option)

interface Step {
  readonly run?: string
  readonly uses?: string
  readonly with?: Record<string, unknown>
}
interface Workflow {
  readonly jobs: Record<string, { readonly steps: Step[]; readonly strategy?: { readonly matrix: { readonly shard: number[] } } }>
}

describe('examples/ci/github-actions.yml', () => {
  const { jobs } = parse(text('examples/ci/github-actions.yml')) as Workflow
  const commands = (job: string): string =>
    jobs[job]!.steps.map(({ run }) => run ?? '')
      .filter((run) => run.includes('gauntlet ') || run.startsWith('npm '))
      .filter((run) => !run.includes('gh issue'))
      .join('\n')

  it('is what the command writes that others get theirs from', () => {
    const plan = { checkout: true, budget: '1h', target: null, overlay: null, shards: 4 }
    expect(text('examples/ci/github-actions.yml')).toBe(githubWorkflow(plan))
  })

  it('runs every shard once, with one seed, and joins them', () => {
    const { shard } = jobs['shard']!.strategy!.matrix
    expect(shard).toEqual(Array.from({ length: shard.length }, (_, index) => index + 1))
    const command = commands('shard')
    expect(command).toContain(`--shard \${{ matrix.shard }}/${shard.length}`)
    expect(shard.map((number) => parseShard(`${number}/${shard.length}`)).length).toBe(shard.length)
    expect(command).toMatch(/--seed \$\{\{ needs\.plan\.outputs\.seed }}/)
    expect(commands('merge')).toMatch(/gauntlet merge shards\/\* --out joined/)
  })

  it('names options that there are', () => {
    const ours = `${commands('shard')}\n${commands('merge')}`
    const options = optionsIn(ours)
    expect(options).toEqual(expect.arrayContaining(['--shard', '--corpora', '--out']))
    expect(options.filter((option) => !known(option))).toEqual([])
    expect(parseBudget(/--budget (\S+)/.exec(ours)![1]!)).toBeGreaterThan(0)
  })
})

interface Job {
  readonly kind: string
  readonly spec: {
    readonly completions?: number
    readonly completionMode?: string
    readonly template: { readonly spec: { readonly containers: { readonly args: string[]; readonly command: string[] }[] } }
  }
}

describe('examples/ci/kubernetes.yaml', () => {
  const [shards, merge] = parseAllDocuments(text('examples/ci/kubernetes.yaml')).map((each) => each.toJS() as Job)
  const script = (job: Job): string => job.spec.template.spec.containers[0]!.args[0]!

  it('has as many pods as shards, and asks for the one after the index', () => {
    expect(shards!.spec).toMatchObject({ completionMode: 'Indexed' })
    const { completions } = shards!.spec
    const said = Array.from({ length: completions! }, (_, index) => {
      const sh = spawnSync('/bin/sh', ['-eu', '-c', script(shards!).replace('exec node', 'echo')], {
        env: { PATH: process.env['PATH'], JOB_COMPLETION_INDEX: String(index) },
        encoding: 'utf8',
      })
      return /--shard (\S+)/.exec(sh.stdout)?.[1]
    })
    expect(said).toEqual(Array.from({ length: completions! }, (_, index) => `${index + 1}/${completions}`))
  })

  it('names options and files that there are', () => {
    const both = `${script(shards!)} ${script(merge!)}`
    expect(optionsIn(both).filter((option) => !known(option))).toEqual([])
    expect(script(merge!)).toContain('merge /reports/shard-*/latest')
    expect(existsSync(join(ROOT, 'src/cli/main.ts'))).toBe(true)
  })
})

describe('.clusterfuzzlite', () => {
  it('is a JavaScript project without sanitizers on an image whose C library the engine needs', () => {
    expect(parse(text('.clusterfuzzlite/project.yaml'))).toEqual({
      language: 'javascript',
      base_os_version: 'ubuntu-24-04',
      fuzzing_engines: ['libfuzzer'],
      sanitizers: ['none'],
    })
    expect(text('.clusterfuzzlite/Dockerfile')).toMatch(/^FROM gcr\.io\/oss-fuzz-base\/base-builder-javascript:ubuntu-24-04\n/)
  })

  it('has a build script that the shell understands, and asks for packages that the project has', () => {
    expect(spawnSync('bash', ['-n', join(ROOT, '.clusterfuzzlite/build.sh')]).status).toBe(0)
    const { devDependencies } = JSON.parse(text('package.json')) as { devDependencies: Record<string, string> }
    expect(Object.keys(devDependencies)).toEqual(expect.arrayContaining(['@jazzer.js/core', 'node']))
  })

  it('the workflow names the modes and the sanitizer', () => {
    const { jobs } = parse(text('examples/ci/clusterfuzzlite.yml')) as Workflow
    const steps = jobs['fuzz']!.steps
    expect(steps.map((step) => step.with)).toEqual([
      expect.objectContaining({ language: 'javascript', sanitizer: 'none' }),
      expect.objectContaining({ language: 'javascript', sanitizer: 'none', mode: expect.stringContaining("'code-change'") }),
    ])
  })
})

describe('dictionaries', () => {
  const folder = join(ROOT, 'fuzz', 'dictionaries')
  it.each(readdirSync(folder))("%s is in the engine's format", (name) => {
    const lines = readFileSync(join(folder, name), 'utf8').split('\n')
    const bad = lines.filter((line) => !/^(?:|#.*|(?:\w+=)?"(?:[ !#-[\]-~]|\\(?:\\|"|x[0-9a-f]{2}))+")$/.test(line))
    expect(bad).toEqual([])
  })
})

describe('the help', () => {
  it('of fuzz and merge shows how machines share a run', () => {
    expect(FUZZ_HELP).toContain('--shard 1/4')
    expect(MERGE_HELP).toContain('gauntlet merge shards/1')
  })
})
