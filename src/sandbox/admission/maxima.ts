// How much each memory and table may grow, so that all of them together stay within the policy; written into the module by the rewriter.
import type { Memory, Table, WasmModule } from '../../wasm/index.ts'
import type { Policy } from '../policy/schema.ts'
import { Refusal } from './refusal.ts'

const PAGE = 65_536

export interface Maxima {
  readonly memories: readonly Memory[]
  readonly tables: readonly Table[]
}

/**
 * Maxima for every memory and table. An absent maximum means "as much as the policy leaves", never "without limit" (MOD-11).
 *
 * @throws {Refusal} `memory-limit`, `table-limit` if what they have at the start is too much already (MOD-10, MOD-11)
 */
export function planMaxima(module: WasmModule, { quotas }: Policy): Maxima {
  const pages = Math.floor(quotas.memoryBytes / PAGE)
  const memories = share(module.memories, pages, (wanted) => {
    const [limit, actual] = [quotas.memoryBytes, wanted * PAGE]
    const message = `The module's memories start with ${actual} bytes; the policy allows ${limit} (quotas.memoryBytes).`
    return new Refusal('memory-limit', message, null, [
      { type: 'memory-limit', severity: 'warning', message, limitBytes: limit, actualBytes: actual },
    ])
  })
  const tables = share(module.tables, quotas.tableElements, (wanted) => {
    const message = `The module's tables start with ${wanted} elements; the policy allows ${quotas.tableElements} (quotas.tableElements).`
    return new Refusal('table-limit', message)
  })
  return { memories, tables }
}

/** Gives each its minimum, then what is left of the budget in order of index, but never more than its own maximum. */
function share<T extends Memory | Table>(all: readonly T[], budget: number, refuse: (wanted: number) => Refusal): T[] {
  const wanted = all.reduce((sum, { limits }) => sum + limits.min, 0)
  if (wanted > budget) throw refuse(wanted)
  let left = budget - wanted
  return all.map((one) => {
    const { min, max = Number.POSITIVE_INFINITY } = one.limits
    const planned = Math.max(min, Math.min(max, min + left))
    left -= planned - min
    return { ...one, limits: { ...one.limits, max: planned } }
  })
}
