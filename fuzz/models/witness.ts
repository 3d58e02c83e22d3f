// What the programs of a property's process have seen host calls answer: the cells that its answer carries to the report.
import { type Cell, Witnesses } from '../../src/campaign/cells.ts'
import type { PropertyRun } from '../../src/campaign/property.ts'

let witnesses = new Witnesses()

export const witness = (cell: Cell): void => witnesses.add(cell)

/** Adds what was seen since the last time. */
export function withWitnesses(run: PropertyRun): PropertyRun {
  const witnessed = witnesses.list()
  witnesses = new Witnesses()
  return { ...run, witnessed }
}
