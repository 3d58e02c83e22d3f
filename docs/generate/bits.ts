// Names of the bits of flags parameters. Source: WebAssembly/WASI, typenames.witx; the ABI table says only how many there are.
import { RIGHTS } from '../../src/sandbox/host/rights.ts'

const LOOKUP = ['symlink_follow']
const FDFLAGS = ['append', 'dsync', 'nonblock', 'rsync', 'sync']
const RIGHTS_BITS = Object.keys(RIGHTS)

/** By name and number of bits: `flags` are of several kinds. */
const BITS: ReadonlyMap<string, readonly string[]> = new Map([
  ['flags 1', LOOKUP],
  ['dirflags 1', LOOKUP],
  ['old_flags 1', LOOKUP],
  ['flags 5', FDFLAGS],
  ['fdflags 5', FDFLAGS],
  ['oflags 4', ['creat', 'directory', 'excl', 'trunc']],
  ['fst_flags 4', ['atim', 'atim_now', 'mtim', 'mtim_now']],
  ['fs_rights_base 30', RIGHTS_BITS],
  ['fs_rights_inheriting 30', RIGHTS_BITS],
  ['ri_flags 2', ['recv_peek', 'recv_waitall']],
  // Preview 1 has the type and no flag of it.
  ['si_flags 16', []],
  ['how 2', ['rd', 'wr']],
])

/** @throws {TypeError} for flags that have no names here */
export function bitNames(parameter: string, bits: number): readonly string[] {
  const names = BITS.get(`${parameter} ${bits}`)
  if (!names) throw new TypeError(`docs/generate/bits.ts has no names for the ${bits} bits of ${parameter}`)
  return names
}
