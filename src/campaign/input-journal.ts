// Which input a property is at, kept outside of its process: a death takes nothing along. The same seed tries the same inputs in the same order, so that
// the number of an input is enough to show it again.
import { openSync, readFileSync, writeSync } from 'node:fs'

/** Name of the file that the number goes into. */
export const JOURNAL_VARIABLE = 'GAUNTLET_INPUT_JOURNAL'
/** Number of the input that is to be shown; nothing is tried then. */
export const SHOW_VARIABLE = 'GAUNTLET_SHOW_INPUT'

const { [JOURNAL_VARIABLE]: file, [SHOW_VARIABLE]: wanted } = process.env
const descriptor = file === undefined ? null : openSync(file, 'w')
const buffer = Buffer.alloc(8)
let inputs = 0

/** What becomes of an input that is about to be tried: `try` it, `pass` it over, or `show` it as the one that was asked for. */
export function nextInput(): 'try' | 'pass' | 'show' {
  inputs++
  if (wanted !== undefined) return inputs === Number(wanted) ? 'show' : 'pass'
  if (descriptor !== null) {
    buffer.writeDoubleLE(inputs)
    writeSync(descriptor, buffer, 0, buffer.length, 0)
  }
  return 'try'
}

/** What is said of the input that is shown. */
export const SHOWN = 'the process ended while it was at this input'

/** Number of the last input that was begun; 0 if there was none. */
export function lastInputIn(path: string): number {
  const bytes = readFileSync(path)
  return bytes.length === buffer.length ? bytes.readDoubleLE() : 0
}
