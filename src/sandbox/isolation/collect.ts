// A garbage collection now. The memory of a guest that another took the place of is given back only then, and the engine, which sees a small heap, is in no
// hurry: a few of them in a row would exceed the resident memory that an honest guest has to stay below.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Below this a guest's memory is not worth the milliseconds. */
const WORTH_BYTES = 4 * 2 ** 20

let collect: (() => void) | undefined

/** @param bytes that nobody refers to any more */
export function collectIfWorth(bytes: number): void {
  if (bytes < WORTH_BYTES) return
  if (!collect) {
    // The function exists only in contexts that are made while the flag is set; the guest's own has none.
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
    setFlagsFromString('--no-expose-gc')
  }
  collect()
}
