// `gauntlet init`: writes what a run every night needs into a repository, and never over what is there.
import { statSync } from 'node:fs'
import { lstat, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseBudget } from '../campaign/budget.ts'
import { inputError, systemCode, usageError } from './cli-error.ts'
import { githubWorkflow } from './init/github.ts'
import { GITLAB_FILE, gitlabJob } from './init/gitlab.ts'
import { OVERLAY_FILE, overlayTemplate } from './init/overlay.ts'
import type { NightlyPlan } from './init/plan.ts'
import { type Output, writeLine } from './terminal.ts'
import { readText } from './text-file.ts'
import { checkFree, writeWholeFile } from './write-file.ts'

export interface InitOptions {
  readonly github?: true
  readonly gitlab?: true
  readonly overlay?: true
  readonly target?: string
  readonly shards: string
  readonly budget: string
  readonly into: string
  readonly force?: true
}

export const GITHUB_FILE = '.github/workflows/gauntlet-nightly.yml'
const MOST_SHARDS = 64
/** How long the decision in the overlay's example holds, in milliseconds. */
const HOLDS_MS = 90 * 86_400_000

export async function init(options: InitOptions, output: Output, now = new Date()): Promise<void> {
  requireRepository(options.into)
  const project = await projectIn(options.into)
  const plan = planOf(options, project)
  const files = filesOf(options, plan, now)
  const how = { mode: 0o644, replace: options.force === true, remedy: 'look at it, and add --force to replace it' }
  // All of them before the first is written: nobody wants half of it.
  for (const [path] of files) {
    await checkBelow(options.into, path)
    await checkFree(join(options.into, path), how)
  }
  for (const [path, text] of files) {
    const whole = join(options.into, path)
    await makeFolder(dirname(whole))
    await writeWholeFile(whole, Buffer.from(text), how)
    await writeLine(output, `${whole} is written.`)
  }
  if (options.gitlab) await writeLine(output, `Add "include: ${GITLAB_FILE}" to .gitlab-ci.yml, and a schedule to the project.`)
  if (project === 'other')
    await writeLine(output, 'The workflows need the package: npm install --save-dev wasm-gauntlet, and commit package-lock.json.')
}

/** A mistyped name must not become a repository. */
function requireRepository(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return
  throw inputError(`${folder} is no folder; name the root of a repository with --into.`)
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    throw inputError(
      `${folder} cannot be made (${systemCode(error)}); make sure that it can be a folder and that you may write there.`,
    )
  }
}

function filesOf(options: InitOptions, plan: NightlyPlan, now: Date): [path: string, text: string][] {
  const files: [string, string][] = []
  if (options.github || !(options.gitlab || options.overlay)) files.push([GITHUB_FILE, githubWorkflow(plan)])
  if (options.gitlab) files.push([GITLAB_FILE, gitlabJob(plan)])
  if (options.overlay) files.push([OVERLAY_FILE, overlayTemplate(day(now), day(new Date(now.getTime() + HOLDS_MS)))])
  return files
}

/** A folder of a repository that is a link may lead anywhere, and what stands there is somebody else's. */
async function checkBelow(into: string, path: string): Promise<void> {
  let walked = into
  for (const part of path.split('/').slice(0, -1)) {
    walked = join(walked, part)
    const info = await lstat(walked).catch(() => null)
    if (info === null) return
    if (!info.isDirectory())
      throw inputError(
        `${walked} is a link or a file, and no folder: nothing is written through it; remove it, or name another folder with --into.`,
      )
  }
}

const day = (date: Date): string => date.toISOString().slice(0, 10)

/** `checkout` of this project; `dependent`, which has it as a package; any `other` folder. */
async function projectIn(folder: string): Promise<'checkout' | 'dependent' | 'other'> {
  try {
    const { name, dependencies, devDependencies } = JSON.parse(await readText(join(folder, 'package.json'))) as {
      readonly name?: unknown
      readonly dependencies?: object
      readonly devDependencies?: object
    }
    if (name === 'wasm-gauntlet') return 'checkout'
    return Object.hasOwn({ ...dependencies, ...devDependencies }, 'wasm-gauntlet') ? 'dependent' : 'other'
  } catch {
    // Without one that can be read there is none to tell from.
    return 'other'
  }
}

function planOf(options: InitOptions, project: 'checkout' | 'dependent' | 'other'): NightlyPlan {
  const { budget, shards, target } = options
  parseBudget(budget)
  const machines = /^\d{1,3}$/.test(shards) ? Number(shards) : 0
  if (machines < 1 || machines > MOST_SHARDS)
    throw usageError(`--shards ${JSON.stringify(shards)} is not possible; write a whole number from 1 to ${MOST_SHARDS}.`)
  if (machines > 1 && options.gitlab) throw usageError('--shards is for GitHub; the job for GitLab runs on one machine.')
  // It becomes a word of a shell's command.
  if (target !== undefined && !/^[\w./:@][\w./:@-]*$/.test(target))
    throw usageError(
      `--target ${JSON.stringify(target)} cannot stand in a workflow; name a host, or a file without spaces and quotes.`,
    )
  return {
    checkout: project === 'checkout',
    budget,
    target: target ?? null,
    overlay: options.overlay ? OVERLAY_FILE : null,
    shards: machines,
  }
}
