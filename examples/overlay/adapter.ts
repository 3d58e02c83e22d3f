// The adapter: all that the gauntlet has to know about the text filter.
import type { Target } from '../../src/targets/target.ts'
import { FilterError, OFFERED, runFilter } from './text-filter.ts'

const nothing = { messages: [], stdout: new Uint8Array(), stderr: new Uint8Array(), exitCode: null, values: [], events: [] }

/** Interfaces that attacks are written against. Where an attack needs more of them than a filter gets, it cannot be expressed here. */
const INTERFACES = ['wasi_snapshot_preview1', 'gauntlet_v1']

function missing(bytes: Uint8Array): string | undefined {
  if (!WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>)) return undefined
  const wanted = WebAssembly.Module.imports(new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>))
  const lacking = wanted.find(({ module, name }) => INTERFACES.includes(module) && !OFFERED.get(module)?.includes(name))
  return lacking && `filters have no ${lacking.module}`
}

const target: Target = {
  name: 'text-filter',
  version: '1.0.0',
  // Filters run on the editor's own thread: nobody stops one that loops, and nobody measures its memory.
  unenforced: ['time', 'resident-memory', 'waiting-host-calls'],
  offers: [{ module: 'filter', name: 'emit', parameters: ['i32', 'i32'], results: ['i32'] }],
  async run({ module, calls = [] }) {
    const why = missing(module)
    if (why) return { ...nothing, outcome: 'refused', detail: 'not-applicable', inapplicable: why }
    try {
      const { text, code, values } = runFilter(module, calls)
      return {
        ...nothing,
        outcome: code === null ? 'completed' : 'exited',
        detail: 'ended',
        exitCode: code,
        stdout: text,
        values,
      }
    } catch (error) {
      if (!(error instanceof FilterError)) throw error
      return {
        ...nothing,
        outcome: error.kind === 'refused' ? 'refused' : 'trapped',
        detail: error.kind,
        messages: [error.message],
      }
    }
  },
}
export default target
