// Every pointer of every offered host call, at every edge: errno 21 and no effect, or success (attack classes MEM-01 to MEM-03, MEM-21).
import { describe, expect, it } from 'vitest'
import { ABI } from '../../../../src/sandbox/host/abi.ts'
import { LAYOUT_BYTES } from '../../../../src/sandbox/host/abi-types.ts'
import { badPointers, goodPointers } from '../../support/boundary.ts'
import { type CallHarness, GRANTS, harness, PAGE } from '../../support/calls.ts'

const FAULT = 21

// For each parameter of a call a value with which it succeeds. Outputs lie apart, so that what one writes shows.
const GOOD: Readonly<Record<string, readonly (number | bigint)[]>> = {
  args_get: [1024, 2048],
  args_sizes_get: [1024, 2048],
  environ_get: [1024, 2048],
  environ_sizes_get: [1024, 2048],
  clock_res_get: [0, 1024],
  clock_time_get: [0, 0n, 1024],
  fd_fdstat_get: [1, 1024],
  fd_filestat_get: [1, 1024],
  fd_read: [0, 64, 2, 1024],
  fd_write: [1, 64, 2, 1024],
  random_get: [1024, 16],
}

/** Two vectors of 4 bytes each at address 64. */
function prepare(made: CallHarness): void {
  const { view } = made
  for (const [i, value] of [512, 4, 600, 4].entries()) view.setUint32(64 + i * 4, value, true)
}

/** Bytes that a pointer parameter covers, given the other arguments. */
function extent(name: string, index: number): number {
  const { parameters } = ABI.find((entry) => entry.name === name)!
  const meaning = parameters[index]!.meaning
  if (meaning.kind !== 'pointer') throw new Error('not a pointer')
  if (meaning.count === null) {
    const strings = name.startsWith('args') ? GRANTS.args : GRANTS.env
    return index === 0 ? strings.length * 4 : strings.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0)
  }
  const { count } = meaning
  const length = typeof count === 'number' ? count : Number(GOOD[name]![parameters.findIndex((p) => p.name === count)])
  return length * LAYOUT_BYTES[meaning.to]
}

const cases = ABI.filter((entry) => entry.offered && GOOD[entry.name]).flatMap((entry) =>
  entry.parameters.flatMap((parameter, index) =>
    parameter.meaning.kind === 'pointer' ? [{ name: entry.name, parameter: parameter.name, index }] : [],
  ),
)

describe('every pointer of every offered host call', () => {
  it('is in the table above', () => {
    const missing = ABI.filter(
      (entry) =>
        entry.offered &&
        !GOOD[entry.name] &&
        entry.parameters.some((p) => p.meaning.kind === 'pointer') &&
        // These look at their descriptor and give it back unused: see descriptors.test.ts.
        !['fd_prestat_get', 'fd_prestat_dir_name', 'fd_seek', 'fd_tell'].includes(entry.name),
    )
    expect(missing.map((entry) => entry.name)).toEqual([])
    expect(cases.length).toBeGreaterThanOrEqual(17)
  })

  it.each(cases)('$name: $parameter may not leave the memory', ({ name, index }) => {
    for (const pointer of badPointers(extent(name, index))) {
      const made = harness()
      prepare(made)
      const before = made.bytes.slice()
      const values = GOOD[name]!.map((value, i) => (i === index ? pointer : value))
      expect([pointer, made.call(name, ...values)]).toEqual([pointer, FAULT])
      expect(Buffer.compare(made.bytes, before), `memory changed with ${pointer}`).toBe(0)
      expect(made.output).toEqual([])
      expect([made.context.stdinPosition, made.context.outputBytes, made.context.death]).toEqual([0, 0, null])
    }
  })

  it.each(cases)('$name: $parameter may touch the edges', ({ name, parameter, index }) => {
    for (const pointer of goodPointers(extent(name, index))) {
      const made = harness()
      prepare(made)
      // Vectors must be what they were, wherever they stand.
      if (parameter === 'iovs') made.bytes.set(made.bytes.slice(64, 80), pointer)
      const values = GOOD[name]!.map((value, i) => (i === index ? pointer : value))
      expect([pointer, made.call(name, ...values)]).toEqual([pointer, 0])
    }
  })

  it.each(cases)('$name: $parameter is a fault for a guest without memory', ({ name }) => {
    const made = harness({}, { withMemory: false })
    expect(made.call(name, ...GOOD[name]!)).toBe(FAULT)
    expect(made.context.death).toBeNull()
  })

  it.each(['fd_prestat_get', 'fd_prestat_dir_name', 'fd_seek', 'fd_tell'])('%s faults before it looks at anything', (name) => {
    const values: Record<string, (pointer: number) => (number | bigint)[]> = {
      fd_prestat_get: (pointer) => [3, pointer],
      fd_prestat_dir_name: (pointer) => [3, pointer, 8],
      fd_seek: (pointer) => [1, 0n, 0, pointer],
      fd_tell: (pointer) => [1, pointer],
    }
    for (const pointer of badPointers(8)) expect(harness().call(name, ...values[name]!(pointer))).toBe(FAULT)
  })

  it('takes an address and a length whose sum wraps for what it is', () => {
    const made = harness()
    expect(made.call('random_get', 16, -8)).toBe(FAULT)
    expect(made.call('random_get', PAGE - 1, 2)).toBe(FAULT)
    expect(made.call('random_get', PAGE, 0)).toBe(0)
    expect(made.call('random_get', PAGE + 1, 0)).toBe(FAULT)
  })
})
