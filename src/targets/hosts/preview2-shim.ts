// @bytecodealliance/preview2-shim: a module made into a component, the component into JavaScript by jco, and its imports served by the shim.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inapplicable, resultOf } from '../ending.ts'
import type { Target } from '../target.ts'
import { type Adapters, componentOf, NotAComponent } from './component.ts'
import { type Packages, runComponent, toolsRefusal } from './component-run.ts'
import { folderOf, loadPackage, versionOf } from './package.ts'
import { preopensOf } from './preopens.ts'
import { untranslatable } from './translate.ts'

const SHIM = '@bytecodealliance/preview2-shim'
const JCO = '@bytecodealliance/jco-transpile'

export default async function makeTarget(): Promise<Target> {
  const packages: Packages = {
    shim: await loadPackage(SHIM, `${SHIM}@0.19.0`),
    instantiation: await loadPackage(`${SHIM}/instantiation`, `${SHIM}@0.19.0`),
    jco: await loadPackage(JCO, `${JCO}@0.10.0`),
    tools: await loadPackage(`${JCO}/wasm-tools`, `${JCO}@0.10.0`),
  }
  const adapters = findAdapters()
  const preview1 =
    adapters === null ? 'not offered: needs the adapter in @bytecodealliance/jco' : 'by the adapter in @bytecodealliance/jco'
  return {
    name: 'preview2-shim',
    version: `${versionOf(SHIM)}, ${versionOf(JCO)} on node ${process.versions.node}`,
    describe: async () => ({
      isolation: 'none: same thread, with a worker for input and output',
      limits: 'none',
      files: 'sandbox.preopens: directories of the host',
      'preview 1': preview1,
    }),
    async run(run) {
      const why =
        untranslatable(run, ['memory', 'directory']) ?? (run.stdin ? 'it has no way to give a guest its standard input' : null)
      if (why !== null) return inapplicable(why)
      await using preopens = await preopensOf(run)
      try {
        const component = await componentOf(packages.tools, run, adapters)
        return await runComponent(packages, component, run, preopens)
      } catch (error) {
        if (error instanceof NotAComponent) return inapplicable(error.message)
        return resultOf(toolsRefusal(error))
      }
    },
  }
}

/** What makes a component of a module that speaks WASI preview 1. The only package that has it is the command-line tool of jco. */
function findAdapters(): Adapters | null {
  let lib: string
  try {
    lib = join(folderOf('@bytecodealliance/jco'), 'lib')
  } catch {
    return null
  }
  const [command, reactor] = ['command', 'reactor'].map((kind) => join(lib, `wasi_snapshot_preview1.${kind}.wasm`)) as [
    string,
    string,
  ]
  return existsSync(command) && existsSync(reactor) ? { command: readFileSync(command), reactor: readFileSync(reactor) } : null
}
