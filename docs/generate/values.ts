// What parameters that are plain values mean; the ABI table says only that they are.

const TIME = 'nanoseconds since the epoch; only looked at if `fst_flags` says so'
const TIMEOUT = 'milliseconds; 0 for `quotas.hostCallMs`, which is also the most'

/** By name, or by call and name where a name means several things. */
const VALUES: ReadonlyMap<string, string> = new Map([
  ['precision', 'nanoseconds; not looked at'],
  ['offset', 'bytes from the start of the file'],
  ['fd_seek offset', 'bytes, signed, from where `whence` says'],
  ['len', 'bytes from `offset`'],
  ['size', 'bytes'],
  ['atim', TIME],
  ['mtim', TIME],
  ['cookie', '0 for the beginning, or `d_next` of the entry before'],
  ['rval', 'exit code'],
  ['sig', 'number of a signal; not looked at'],
  ['timeout_ms', TIMEOUT],
  ['port', '1 to 65,535'],
  ['metric_record value', 'finite number'],
  ['result_report value', 'finite number, or NaN for none'],
  ['nanoseconds', 'duration, less than 2^53'],
])

/** @throws {TypeError} for a value that has no meaning here */
export function valueMeaning(call: string, parameter: string): string {
  const meaning = VALUES.get(`${call} ${parameter}`) ?? VALUES.get(parameter)
  if (meaning === undefined) throw new TypeError(`docs/generate/values.ts does not say what ${parameter} of ${call} is`)
  return meaning
}
