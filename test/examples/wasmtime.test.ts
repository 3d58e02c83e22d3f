// The example for wasmtime has the limits of its policy file: no more, no fewer, no others; and the same probe says the same here.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createSandbox, type PolicyInput, resolvePolicy } from '../../src/sandbox/index.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')
const FOLDER = join(ROOT, 'examples', 'wasmtime')
const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8')
interface Written {
  readonly quotas: Readonly<Record<'fuel' | 'wallClockMs' | 'memoryBytes' | 'tableElements' | 'handles', number>>
  readonly capabilities: { readonly fs: { readonly mounts: readonly Mounted[] } }
}
interface Mounted {
  readonly kind: 'directory'
  readonly at: string
  readonly source: string
  readonly writable: boolean
}
const policy = JSON.parse(read('policy.json')) as Written
const script = read('run.py')
const readme = read('README.md')

/** The names in a set of the script's. */
function set(name: string): string[] {
  const found = new RegExp(`^${name} = \\{([^}]*)\\}`, 'm').exec(script)
  return [...found![1]!.matchAll(/"(\w+)"/g)].map(([, key]) => key!)
}

describe('the script', () => {
  it('enforces each quota of the policy, or says that it does not', () => {
    expect([...set('ENFORCED'), ...set('NOT_ENFORCED')].sort()).toEqual(Object.keys(policy.quotas).sort())
  })

  it('hands to wasmtime what the policy says, under no other number', () => {
    for (const key of set('ENFORCED')) expect(script).toContain(`quotas["${key}"]`)
    for (const key of set('NOT_ENFORCED')) expect(script).not.toContain(`quotas["${key}"]`)
    const { mounts } = policy.capabilities.fs
    expect(script).toContain('wasi.preopen_dir(mount["source"], mount["at"], mount["writable"])')
    // The only kind that a preopened directory is.
    expect(mounts.map(({ kind }) => kind)).toEqual(mounts.map(() => 'directory'))
  })
})

describe('the command line in the README', () => {
  const command = /^\$ (wasmtime run (?:.|\n)*?)\n```/m.exec(readme)![1]!
  const flags = new Map([...command.matchAll(/-W ([\w-]+)=(\S+)/g)].map(([, name, value]) => [name, value]))

  it('has the limits of the policy', () => {
    const { fuel, wallClockMs, memoryBytes, tableElements } = policy.quotas
    expect(flags).toEqual(
      new Map([
        ['fuel', String(fuel)],
        ['timeout', `${wallClockMs}ms`],
        ['max-memory-size', String(memoryBytes)],
        ['max-table-elements', String(tableElements)],
      ]),
    )
  })

  it('has its mounts, and no other directory', () => {
    const directories = [...command.matchAll(/--dir (\S+)/g)].map(([, directory]) => directory)
    expect(directories).toEqual(policy.capabilities.fs.mounts.map(({ source, at }) => `${source}::${at}`))
  })
})

describe('the policy', () => {
  it('is one of ours, and has the numbers that it says', () => {
    expect(resolvePolicy(policy as unknown as PolicyInput).quotas).toMatchObject(policy.quotas)
  })

  it('lets the probe say here what the README shows of wasmtime', async () => {
    const mounts = policy.capabilities.fs.mounts.map((mount) => ({ ...mount, source: join(ROOT, mount.source) }))
    const here = { ...policy, capabilities: { ...policy.capabilities, fs: { mounts } } } as unknown as PolicyInput
    await using sandbox = createSandbox(here)
    const module = readFileSync(join(ROOT, 'examples', 'guests', 'rust', 'log-parser.wasm'))
    const { probe, outcome } = await sandbox.execute(module, undefined, { args: ['log-parser', '/logs/app.log'] })
    expect([outcome, probe?.status, probe?.value]).toEqual(['completed', 'critical', 1])
    expect(readme).toContain(
      `wasmtime: result: ${probe!.status} ${probe!.value} "${probe!.unit}" ${JSON.stringify(probe!.message)}`,
    )
  })
})
