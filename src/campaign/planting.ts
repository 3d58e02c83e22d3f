// Plants weakenings side by side and hears their witnesses: the work that a run's stage and `gauntlet prove` share.
import { basename, join, relative } from 'node:path'
import type { Attack } from '../attacks/attack.ts'
import type { WeakeningRecord } from '../reports/run-record.ts'
import { Baselines, type KnownVerdict } from './baselines.ts'
import { forEachParallel } from './pool.ts'
import { propertyFiles } from './properties.ts'
import { removeStaleCopies } from './weakened-copy.ts'
import type { Weakening } from './weakening-file.ts'
import { runWeakening } from './weakenings.ts'

/** Time for a property to notice a weakening, in milliseconds: what takes longer to notice would be missed in a short run too. */
const PROPERTY_MS = 5_000

export interface Planting {
  /** The project's folder. */
  readonly root: string
  /** Attacks that can be witnesses. */
  readonly attacks: readonly Attack[]
  readonly seed: number
  readonly parallel: number
  readonly signal?: AbortSignal
  /** Why the next one is not to be planted any more, given how many were; null while it is. */
  readonly skip: (planted: number) => string | null
  readonly onRecord: (record: WeakeningRecord) => void
  /** What is known of the attacks on the sources as they are. Default: nothing, and they are tried. */
  readonly known?: KnownVerdict
}

/** Plants each weakening in its turn. What is skipped has its record too: nothing is left out in silence. */
export async function plant(weakenings: readonly Weakening[], planting: Planting): Promise<void> {
  const { root, attacks, seed, signal, known } = planting
  removeStaleCopies(root)
  const baselines = new Baselines(known)
  const options = {
    root,
    attacks: new Map(attacks.map((attack) => [attack.id, attack])),
    properties: propertiesByName(root),
    seed,
    propertyMs: PROPERTY_MS,
    baselines,
    ...(signal && { signal }),
  }
  let planted = 0
  try {
    await forEachParallel(weakenings, planting.parallel, async (weakening) => {
      const skipped = planting.skip(planted)
      if (skipped === null) planted++
      planting.onRecord(skipped === null ? await runWeakening(weakening, options) : notRun(weakening, skipped))
    })
  } finally {
    await baselines.close()
  }
}

const notRun = ({ id, title, control, threats, file }: Weakening, reason: string): WeakeningRecord => ({
  id,
  title,
  control,
  threats: [...threats],
  file,
  result: 'not-run',
  detectedBy: [],
  reason,
  elapsedMs: 0,
})

/** A property has the name of its file, so that none has to be loaded to find it. */
function propertiesByName(root: string): Map<string, string> {
  const files = propertyFiles(join(root, 'fuzz', 'properties'))
  return new Map(files.map((path) => [basename(path).replace(/\.(ts|js)$/, ''), relative(root, path)]))
}
