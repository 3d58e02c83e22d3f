// What a run ran on: project, commit, engine, machine, tools; so that a report can be set against another.
import { execFileSync, type StdioOptions } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism, release, totalmem } from 'node:os'
import { join } from 'node:path'
import type { RunRecord } from '../reports/run-record.ts'

/** Packages whose version decides what a generator makes or an engine does. */
const TOOLS = ['binaryen', 'wabt', 'fast-check', '@jazzer.js/core', 'wasm-gauntlet']

function packageVersion(path: string): { name?: string; version?: string } | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as { name?: string; version?: string }
  } catch {
    return null
  }
}

/** The commit that is checked out below `root`, or null: no git, no repository, no commit yet. */
function commitOf(root: string): string | null {
  if (!existsSync(join(root, '.git'))) return null
  try {
    const stdio: StdioOptions = ['ignore', 'pipe', 'ignore']
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8', timeout: 5_000, stdio }).trim()
  } catch {
    return null
  }
}

export function describeProject(root: string): RunRecord['project'] {
  const found = packageVersion(join(root, 'package.json'))
  return { name: found?.name ?? 'wasm-gauntlet', version: found?.version ?? 'unknown', commit: commitOf(root) }
}

export function describeEnvironment(root: string): RunRecord['environment'] {
  const tools = TOOLS.flatMap((name) => {
    const version = packageVersion(join(root, 'node_modules', name, 'package.json'))?.version
    return version === undefined ? [] : [[name, version] as const]
  })
  return {
    platform: `${process.platform} ${process.arch} ${release()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    tools: Object.fromEntries(tools),
  }
}
