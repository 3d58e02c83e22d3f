// A new cell for an idle jail, in place of one that only some guests may have, or that has other limits than the next guest's.
import { type CellLimits, DEFAULT_CELL, sameLimits } from './cell-limits.ts'
import { FRAME } from './frames.ts'
import type { JailProcess } from './jail-process.ts'

/** An idle thread ends in a millisecond or two; one that does not is ended with its jail. */
const RENEW_MS = 1000

/** Resolves when the old thread is gone, and the next one is on its way; or when the jail has ended. */
export async function renewCell(jail: JailProcess, limits: CellLimits = DEFAULT_CELL): Promise<void> {
  let late: NodeJS.Timeout | undefined
  const gone = await new Promise<boolean>((resolve) => {
    late = setTimeout(() => resolve(false), RENEW_MS)
    late.unref()
    jail.listen(({ kind }) => resolve(kind === 'cell-gone'))
    jail.sendJson(FRAME.terminate, limits)
  })
  clearTimeout(late)
  if (gone) jail.cell = limits
  else await jail.kill()
}

/** Gives a jail that was just taken a cell with these limits, unless it has one: what is started ahead knows no policy yet. */
export async function fitCell(jail: JailProcess, limits: CellLimits): Promise<void> {
  if (sameLimits(jail.cell, limits)) return
  await renewCell(jail, limits)
  await jail.cellReady()
}
