// Names and texts of the CycloneDX file.
import type { Product } from '../../evidence/reviewed.ts'
import { stableUuid } from '../../uuid.ts'
import { visible } from '../../visible.ts'
import type { Property } from './bom.ts'

export const text = (value: string): string => visible(value, { limit: 2_000 })

/** Properties are named by whoever makes them, with a prefix of his own. */
export const property = (name: string, value: string): Property => ({ name: `wasm-gauntlet:${name}`, value: text(value) })

/** The name by which other parts of the document refer to something: readable where the id is, and never that of something else. */
export function ref(kind: string, ...ids: readonly string[]): string {
  const plain = ids.every((id) => /^[\w.()-]{1,100}$/.test(id))
  return `${kind}:${plain ? ids.join('/') : stableUuid(kind, ...ids)}`
}

export const productRef = ({ name }: Product): string => ref('product', name)
