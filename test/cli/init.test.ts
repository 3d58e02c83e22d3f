// gauntlet init: what it writes can be parsed, has the steps that a night needs, pins what it runs, and replaces nothing unasked.
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { HISTORY_FILE } from '../../src/campaign/history/history.ts'
import { ACTIONS } from '../../src/cli/init/actions.ts'
import { GITLAB_FILE } from '../../src/cli/init/gitlab.ts'
import { OVERLAY_FILE } from '../../src/cli/init/overlay.ts'
import { GITHUB_FILE } from '../../src/cli/init.ts'
import { FORMATS } from '../../src/reports/formats.ts'
import { RUN_SUMMARY_FILE } from '../../src/reports/over-time/run-summary.ts'
import { readThreatModel } from '../../src/threats/index.ts'
import { KNOWN_OPTIONS } from './known-options.ts'
import { complaint, gauntlet, ROOT, scratch } from './spawn.ts'

const { dir, remove } = scratch()
afterAll(remove)
let repository: string
let number = 0
beforeEach(() => {
  repository = join(dir, `repository-${number++}`)
  mkdirSync(repository)
  writeFileSync(join(repository, 'package.json'), '{"devDependencies":{"wasm-gauntlet":"0.1.0"}}')
})

const init = (...args: string[]) => gauntlet(['init', '--into', repository, ...args])
const written = (path: string): string => readFileSync(join(repository, path), 'utf8')

interface Step {
  readonly id?: string
  readonly if?: string
  readonly run?: string
  readonly uses?: string
  readonly with?: Readonly<Record<string, string>>
}
interface Job {
  readonly needs?: string | readonly string[]
  readonly permissions?: Readonly<Record<string, string>>
  readonly 'timeout-minutes'?: number
  readonly strategy?: { readonly matrix: { readonly shard: readonly number[] } }
  readonly steps: readonly Step[]
}
interface Workflow {
  readonly on: { readonly schedule: readonly { readonly cron: string }[] }
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, Job>>
}
const workflow = (): Workflow => parse(written(GITHUB_FILE)) as Workflow
const using = ({ steps }: Job, action: string): readonly Step[] => steps.filter(({ uses }) => uses?.startsWith(`${action}@`))

/** Words with dashes of our own commands. */
function ourOptions(text: string): string[] {
  const commands = text.match(/(?:npx gauntlet|npm run fuzz --)[^\n]*(?:\n +--[^\n]*)*/g) ?? []
  return commands.flatMap((command) => command.match(/--[a-z][a-z-]+/g) ?? [])
}

/** What a forge would replace by a secret. */
const EXPRESSION = ['$', '{{ github.token }}'].join('')

describe('the workflow for GitHub', () => {
  it('runs every night, keeps corpora and history, and tells by every way that there is', async () => {
    expect(await init()).toMatchObject({ code: 0 })
    const { on, jobs } = workflow()
    expect(on.schedule[0]?.cron).toMatch(/^\d+ \d+ \* \* \*$/)
    const nightly = jobs['nightly']!
    const [restore] = using(nightly, 'actions/cache/restore')
    const [save] = using(nightly, 'actions/cache/save')
    // A cache is found under the very same list of paths only.
    expect(restore!.with!['path']).toBe(save!.with!['path'])
    expect(restore!.with!['path']!.trim().split('\n')).toEqual(['corpora', `reports/${HISTORY_FILE}`])
    expect(save!.with!['key']).toBe(restore!.with!['key'])
    expect(save!.with!['key']!.startsWith(restore!.with!['restore-keys']!)).toBe(true)
    expect(using(nightly, 'github/codeql-action/upload-sarif')[0]!.with!['sarif_file']).toBe('reports/latest/findings.sarif')
    expect(using(nightly, 'actions/upload-artifact')[0]!.with!['path']).toBe('reports/latest/')
    // What comes after the run is done whatever the run ended with.
    const after = nightly.steps.slice(nightly.steps.findIndex(({ run }) => run?.includes('gauntlet fuzz')) + 1)
    expect(after.map((step) => step.if?.startsWith('always()'))).toEqual(after.map(() => true))
    expect(nightly['timeout-minutes']).toBe(90)
  })

  it('may write nothing but what the telling needs, and keeps no credentials', async () => {
    await init('--shards', '3')
    const { permissions, jobs } = workflow()
    expect(permissions).toEqual({ contents: 'read' })
    expect(Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, job.permissions]))).toEqual({
      plan: undefined,
      shard: undefined,
      merge: { contents: 'read', 'security-events': 'write', issues: 'write' },
    })
    const checkouts = Object.values(jobs).flatMap((job) => using(job, 'actions/checkout'))
    expect(checkouts.map((step) => step.with!['persist-credentials'])).toEqual([false, false])
  })

  it.each([['1'], ['4']])('with %s shards pins every action to the commit of a release that it names', async (shards) => {
    await init('--shards', shards)
    const lines = written(GITHUB_FILE).match(/uses: .*/g)!
    const pinned = Object.entries(ACTIONS).map(([name, { commit, release }]) => ({ name, rest: `@${commit} # ${release}` }))
    expect(
      lines.filter((line) => !pinned.some(({ name, rest }) => line.startsWith(`uses: ${name}`) && line.endsWith(rest))),
    ).toEqual([])
    for (const { commit, release } of Object.values(ACTIONS)) {
      expect(commit).toMatch(/^[0-9a-f]{40}$/)
      expect(release).toMatch(/^v\d+\.\d+\.\d+$/)
    }
  })

  it('shares the run among the machines that were asked for, and compares the whole', async () => {
    await init('--shards', '3', '--budget', '20m', '--target', './my-host.ts')
    const { jobs } = workflow()
    expect(jobs['shard']!.strategy!.matrix.shard).toEqual([1, 2, 3])
    const command = jobs['shard']!.steps.find(({ run }) => run?.includes('gauntlet fuzz'))!.run!
    expect(command).toMatch(/npx gauntlet fuzz --budget 20m --target \.\/my-host\.ts --shard \$\{\{ matrix\.shard }}\/3 --seed/)
    const merge = jobs['merge']!
    expect(merge.needs).toEqual(['plan', 'shard'])
    expect(merge.steps.map(({ run }) => run)).toContain('npx gauntlet merge shards/* --out joined --history history')
    const [restore] = using(jobs['shard']!, 'actions/cache/restore')
    const [save] = using(merge, 'actions/cache/save')
    expect(save!.with!['path']).toBe(restore!.with!['path'])
    expect(save!.with!['path']!.trim().split('\n')).toEqual(['corpora', 'history'])
  })

  it('compiles the targets first in a checkout of this project', async () => {
    writeFileSync(join(repository, 'package.json'), '{"name":"wasm-gauntlet"}')
    await init('--shards', '2')
    const text = written(GITHUB_FILE)
    expect(text).toContain('npm run fuzz -- --budget 1h')
    expect(text).toContain('run: npm run build:fuzz')
  })

  it('opens an issue only if there is something to tell', async () => {
    await init()
    const { steps } = workflow().jobs['nightly']!
    const tell = steps.find(({ id }) => id === 'tell')!
    const post = steps.at(-1)!
    expect(post.if).toBe('always() && steps.tell.outputs.count > 0')
    const latest = join(repository, 'reports', 'latest')
    mkdirSync(latest, { recursive: true })
    const tools = join(repository, 'tools')
    mkdirSync(tools)
    writeFileSync(join(tools, 'gh'), '#!/bin/sh\nprintf "%s\\n" "$@" > gh-was-asked\n')
    chmodSync(join(tools, 'gh'), 0o755)
    const shell = (script: string) => {
      const env = {
        PATH: `${tools}:${process.execPath.replace(/\/node$/, '')}:${process.env['PATH']}`,
        GITHUB_OUTPUT: 'output',
        COUNT: '2',
        PAGE: 'https://example.org/7',
      }
      return spawnSync('/bin/bash', ['--norc', '-e', '-o', 'pipefail', '-c', script], { cwd: repository, env, encoding: 'utf8' })
    }
    const output = (notify: unknown[]): string => {
      writeFileSync(join(latest, RUN_SUMMARY_FILE), JSON.stringify({ notify }))
      writeFileSync(join(repository, 'output'), '')
      expect(shell(tell.run!).stderr).toBe('')
      return readFileSync(join(repository, 'output'), 'utf8')
    }
    expect(output([])).toBe('count=0\n')
    expect(output([{ id: 'a' }, { id: 'b' }])).toBe('count=2\n')
    expect(shell(post.run!).status).toBe(0)
    expect(readFileSync(join(repository, 'gh-was-asked'), 'utf8')).toBe(
      'issue\ncreate\n--title\ngauntlet: 2 new findings\n--body-file\nnotify.md\n',
    )
    expect(readFileSync(join(repository, 'notify.md'), 'utf8')).toMatch(
      /^The report is at https:\/\/example\.org\/7\n```json\n\{.*\n?```\n$/s,
    )
  })
})

describe('the job for GitLab', () => {
  it('runs on a schedule, keeps corpora and history, and hands over report and JUnit', async () => {
    const { stdout } = await init('--gitlab')
    expect(stdout).toContain(`Add "include: ${GITLAB_FILE}" to .gitlab-ci.yml`)
    const { gauntlet: job } = parse(written(GITLAB_FILE)) as { readonly gauntlet: Record<string, never> }
    expect(job).toMatchObject({
      rules: [{ if: '$CI_PIPELINE_SOURCE == "schedule"' }],
      cache: { when: 'always', paths: ['corpora/', `reports/${HISTORY_FILE}`] },
      artifacts: { when: 'always', paths: ['reports/2*/'], reports: { junit: 'reports/2*/junit.xml' } },
    })
    expect(job['script']).toEqual(['npm ci', 'npx gauntlet fuzz --budget 1h --fail-on new --corpora corpora --reports reports'])
    expect(existsSync(join(repository, GITHUB_FILE))).toBe(false)
  })

  it('posts the summary only if there is something to tell and somewhere to post it', async () => {
    await init('--gitlab')
    const { gauntlet: job } = parse(written(GITLAB_FILE)) as { readonly gauntlet: { readonly after_script: readonly string[] } }
    const latest = join(repository, 'reports', 'latest')
    mkdirSync(latest, { recursive: true })
    const posts = (notify: unknown[], webhook: string): boolean => {
      writeFileSync(join(latest, RUN_SUMMARY_FILE), JSON.stringify({ notify }))
      const script = `curl() { echo posted; }\n${job.after_script.join('\n')}`
      const env = { PATH: `${process.execPath.replace(/\/node$/, '')}:${process.env['PATH']}`, GAUNTLET_WEBHOOK: webhook }
      return spawnSync('/bin/bash', ['--norc', '-c', script], { cwd: repository, env, encoding: 'utf8' }).stdout.includes(
        'posted',
      )
    }
    expect(posts([{ id: 'a' }], 'https://example.org')).toBe(true)
    expect(posts([{ id: 'a' }], '')).toBe(false)
    expect(posts([], 'https://example.org')).toBe(false)
  })
})

describe('what all of it names', () => {
  it('is there: options of ours, and files of a run', async () => {
    await init('--github', '--gitlab', '--overlay', '--shards', '1')
    const text = written(GITHUB_FILE) + written(GITLAB_FILE)
    const options = new Set(ourOptions(text))
    expect(options).toContain('--fail-on')
    expect([...options].filter((option) => !KNOWN_OPTIONS.has(option!))).toEqual([])
    const files = new Set([...text.matchAll(/(?:latest|2\*)\/([\w-]+\.\w+)/g)].map(([, name]) => name))
    const known: readonly string[] = [...FORMATS.map(({ file }) => file), RUN_SUMMARY_FILE]
    expect([...files].filter((name) => !known.includes(name!))).toEqual([])
    expect(files).toContain('junit.xml')
  })

  it('is an overlay that the threat model takes, whose decision is in force for a while', async () => {
    await init('--overlay')
    const { model, problems } = readThreatModel(join(ROOT, 'threat-model'), [join(repository, OVERLAY_FILE)])
    expect(problems).toEqual([])
    expect(model?.threats.map(({ id }) => id)).toContain('PLG-01')
    expect(await gauntlet(['threats', 'lint', join(repository, OVERLAY_FILE)])).toMatchObject({ code: 0 })
    expect(existsSync(join(repository, GITHUB_FILE))).toBe(false)
  })
})

describe('a repository', () => {
  it('that is not there is not made', async () => {
    const nowhere = join(dir, 'nowhere')
    const ended = await gauntlet(['init', '--into', nowhere])
    expect(complaint(ended)).toMatch(/nowhere is no folder; name the root of a repository with --into/)
    expect(ended.code).toBe(66)
    expect(existsSync(nowhere)).toBe(false)
  })
})

describe('what is there', () => {
  it('is not replaced without --force, and nothing else is written then', async () => {
    mkdirSync(join(repository, '.gitlab'))
    writeFileSync(join(repository, GITLAB_FILE), 'mine')
    const refused = await init('--github', '--gitlab')
    expect(refused.code).toBe(66)
    expect(complaint(refused)).toMatch(/gauntlet\.yml is there already; look at it, and add --force to replace it/)
    expect(readdirSync(repository)).not.toContain('.github')
    expect(await init('--github', '--gitlab', '--force')).toMatchObject({ code: 0 })
    expect(written(GITLAB_FILE)).not.toBe('mine')
  })

  it.each([
    ['--budget', '2', /not a time budget/],
    ['--shards', '0', /write a whole number from 1 to 64/],
    ['--target', 'a b', /cannot stand in a workflow/],
    ['--target', '$(id)', /cannot stand in a workflow/],
  ])('stays as it is if %s is %j', async (option, value, message) => {
    const ended = await init(option, value)
    expect(complaint(ended)).toMatch(message)
    expect(ended.code).toBe(64)
    expect(readdirSync(repository)).toEqual(['package.json'])
  })
})

describe('a repository of somebody else', () => {
  it.each(['.github', '.github/workflows'])('cannot have %s lead out of it', async (link) => {
    const elsewhere = join(repository, '..', `elsewhere-${number}`)
    mkdirSync(join(elsewhere, 'workflows'), { recursive: true })
    if (link !== '.github') mkdirSync(join(repository, '.github'))
    symlinkSync(elsewhere, join(repository, link))
    for (const args of [[], ['--force']]) {
      const ended = await init(...args)
      expect(ended.code).toBe(66)
      expect(complaint(ended)).toMatch(/is a link or a file, and no folder/)
    }
    expect(readdirSync(elsewhere)).toEqual(['workflows'])
    expect(readdirSync(join(elsewhere, 'workflows'))).toEqual([])
  })

  it('cannot have a file be a link to another one, with --force either', async () => {
    writeFileSync(join(dir, 'theirs'), 'kept')
    symlinkSync(join(dir, 'theirs'), join(repository, OVERLAY_FILE))
    const ended = await init('--overlay', '--force')
    expect(ended.code).toBe(66)
    expect(readFileSync(join(dir, 'theirs'), 'utf8')).toBe('kept')
  })

  it('cannot make it wait for ever, or read for ever', async () => {
    rmSync(join(repository, 'package.json'))
    execFileSync('mkfifo', [join(repository, 'package.json')])
    expect((await init()).code).toBe(0)
    rmSync(join(repository, 'package.json'))
    symlinkSync('/dev/zero', join(repository, 'package.json'))
    expect((await init('--gitlab')).code).toBe(0)
  })
})

describe('a target in a workflow', () => {
  it.each([
    'a b',
    "a'b",
    'a"b',
    '$(id)',
    '`id`',
    EXPRESSION,
    '--force',
    'a;b',
    'a&b',
    'a\nb',
    'a\n',
    'a#b',
    '',
    'a\u2028b',
    '~/x',
  ])('is refused if it is %j', async (target) => {
    const ended = await init(`--target=${target}`)
    expect(ended.code).toBe(64)
    expect(complaint(ended)).toMatch(/cannot stand in a workflow/)
    expect(existsSync(join(repository, '.github'))).toBe(false)
  })

  it.each(['1h; id', '$(id)', '5m\nrun: id', `1h ${EXPRESSION}`])('is as safe as its budget: %j is refused', async (budget) => {
    expect((await init(`--budget=${budget}`)).code).toBe(64)
    expect(existsSync(join(repository, '.github'))).toBe(false)
  })
})
