// node:wasi, which by its own documentation is no security sandbox. It has no limits, so none is set.
import { fstatSync, ftruncateSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { WASI } from 'node:wasi'
import { callFunction, type Ending, endingOf, entryOf, inapplicable, resultOf } from '../ending.ts'
import type { Target, TargetRun } from '../target.ts'
import { preopensOf } from './preopens.ts'
import { untranslatable } from './translate.ts'

/** Output kept beyond the limit of the run, so that the oracles see that there was more; the rest would fill the disk of whoever attacks. */
const MARGIN = 2 ** 21

const target: Target = {
  name: 'node:wasi',
  version: `node ${process.versions.node}, uvwasi ${process.versions['uvwasi'] ?? 'unknown'}`,
  describe: async () => ({
    isolation: 'none: same thread, same process',
    limits: 'none',
    files: 'preopened directories of the host',
  }),
  async run(run) {
    const why = untranslatable(run, ['memory', 'directory'])
    if (why !== null) return inapplicable(why)
    await using preopens = await preopensOf(run)
    await using input = await open(join(preopens.folder, 'in'), 'w+')
    await using out = await open(join(preopens.folder, 'out'), 'w+')
    await using errors = await open(join(preopens.folder, 'err'), 'w+')
    if (run.stdin) await input.write(run.stdin, 0, run.stdin.length, 0)
    const keep = run.limits.outputBytes + MARGIN
    const ending = await runGuest(run, preopens.paths, [input.fd, out.fd, errors.fd], keep).catch(endingOf)
    return resultOf(ending, await firstBytes(out, keep), await firstBytes(errors, keep))
  },
}
export default target

async function runGuest(run: TargetRun, preopens: Record<string, string>, fds: readonly number[], keep: number): Promise<Ending> {
  const [stdin, stdout, stderr] = fds as [number, number, number]
  const { args = [], env = {} } = run
  const wasi = new WASI({ version: 'preview1', args: [...args], env: { ...env }, preopens, stdin, stdout, stderr })
  const imports = { wasi_snapshot_preview1: { ...wasi.wasiImport, fd_write: cutting(wasi, [stdout, stderr], keep) } }
  const { instance } = await WebAssembly.instantiate(Uint8Array.from(run.module), imports as WebAssembly.Imports)
  const { exports } = instance
  let ending: Ending | null = null
  const call = (): void => {
    let values: readonly string[] = []
    for (const step of run.calls ?? entryOf(exports)) values = callFunction(exports, step.call, step.args)
    ending = { outcome: 'completed', detail: 'completed', exitCode: 0, values }
  }
  // Whichever export it is: only what runs within `start` can end by `proc_exit`. A guest without a memory gets one that it cannot see, as else not
  // even the calls that need none could be made.
  const memory = exports['memory'] instanceof WebAssembly.Memory ? exports['memory'] : new WebAssembly.Memory({ initial: 0 })
  const exitCode = wasi.start({ exports: { memory, _start: call } } as unknown as WebAssembly.Instance)
  return ending ?? { outcome: 'exited', detail: 'exited', exitCode }
}

/** Calls that go through between two looks at the size of the output. */
const LOOK_EVERY = 256

/** `fd_write` as it is, but for what is written beyond all limits: that becomes a hole in the file. */
function cutting(wasi: WASI, outputs: readonly number[], keep: number): (...args: number[]) => number {
  const write = (wasi.wasiImport as Record<string, (...args: number[]) => number>)['fd_write']!
  let calls = 0
  return (...args) => {
    if (++calls % LOOK_EVERY === 0) for (const fd of outputs) if (fstatSync(fd).size > keep) ftruncateSync(fd, keep)
    return write(...args)
  }
}

async function firstBytes(file: FileHandle, keep: number): Promise<Uint8Array> {
  const size = Math.min((await file.stat()).size, keep)
  const bytes = new Uint8Array(size)
  await file.read(bytes, 0, size, 0)
  return bytes
}
