// What a run ran on. Nothing in it names the machine or a place on it.
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import type { Results } from './results.ts'
import { versionOf } from './support/project.ts'

/** Load for each processor from which on figures are doubtful. */
const BUSY = 0.25

/** @param before the load average when the run began */
export function machine(before: number): Results['machine'] {
  const processors = availableParallelism()
  return {
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    processors,
    memoryBytes: totalmem(),
    load: { before, after: load() },
    busy: isBusy(before),
  }
}

/** Load average over one minute. */
export const load = (): number => loadavg()[0]!
export const isBusy = (average: number): boolean => average / availableParallelism() > BUSY

export const versions = (): Results['versions'] => ({
  node: process.versions.node,
  v8: process.versions.v8,
  '@extism/extism': versionOf('@extism/extism'),
  'quickjs-wasi': versionOf('quickjs-wasi'),
})
