// A new cell for an idle jail, in place of one that only some guests may have, or that has other limits than the next guest's.
import { JailError } from '../errors.ts'
import { type CellLimits, DEFAULT_CELL, sameLimits } from './cell-limits.ts'
import { FRAME } from './frames.ts'
import type { JailProcess } from './jail-process.ts'
import type { Jails, JailWish } from './jails.ts'

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

/** So many jails may turn out to be ill before a guest is told. */
const ATTEMPTS = 3

/**
 * A jail for a guest, with a cell of these limits: what is started ahead knows no policy yet. A jail whose old cell does not give way in time is ended,
 * and the guest, whose fault that is not, gets another.
 *
 * @throws as {@link Jails.take}; {@link JailError} if one jail after the other ends
 */
export async function takeFitting(jails: Jails, wish: JailWish, limits: CellLimits): Promise<JailProcess> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const jail = await jails.take(wish)
    if (!sameLimits(jail.cell, limits)) {
      await renewCell(jail, limits)
      await jail.cellReady()
    }
    if (!jail.ended) return jail
    await jails.drop(jail)
  }
  throw new JailError(`${ATTEMPTS} jails ended before their cells were there`)
}
