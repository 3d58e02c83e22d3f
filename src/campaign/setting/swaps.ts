// Paths of a setting that change place with a link to elsewhere while a trial runs: whoever checks a name and uses it later is caught (FSX-08).
import { mkdirSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Setting } from '../../attacks/setting.ts'

interface Swap {
  readonly place: string
  readonly original: string
  readonly link: string
  swapped: boolean
}

/** Runs until it is stopped, in turns with everything else that this process does. */
export class Swaps {
  readonly #swaps: readonly Swap[]
  #stopped = false

  constructor(base: string, swaps: Setting['swaps'] = [], fill: (text: string) => string) {
    const aside = join(base, '.aside')
    mkdirSync(aside)
    this.#swaps = swaps.map(({ path, link }, index) => {
      const swap = {
        place: join(base, path),
        original: join(aside, `${index}-original`),
        link: join(aside, `${index}-link`),
        swapped: false,
      }
      symlinkSync(fill(link), swap.link)
      return swap
    })
    if (this.#swaps.length > 0) this.#turn()
  }

  readonly #turn = (): void => {
    if (this.#stopped) return
    for (const swap of this.#swaps) exchange(swap)
    setImmediate(this.#turn)
  }

  /** Puts everything back where it was. */
  stop(): void {
    this.#stopped = true
    for (const swap of this.#swaps) if (swap.swapped) exchange(swap)
  }
}

/** A guest that removed or renamed the entry has won nothing, and the next turn finds it gone; what it did is seen in the tree. */
function exchange(swap: Swap): void {
  const [away, here] = swap.swapped ? [swap.link, swap.original] : [swap.original, swap.link]
  try {
    renameSync(swap.place, away)
    renameSync(here, swap.place)
    swap.swapped = !swap.swapped
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
