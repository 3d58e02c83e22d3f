// Every pointer of every host call of preview 1, at every edge: errno 21 and no effect, or success (attack classes MEM-01 to MEM-03, MEM-21).
import { describe, expect, it } from 'vitest'
import { ABI, LAYOUT_BYTES, WASI_MODULE } from '../../../../src/sandbox/host/abi/index.ts'
import { badPointers, goodPointers } from '../../support/boundary.ts'
import { type CallHarness, GRANTS, harness, PAGE } from '../../support/calls.ts'
import { directory, file, symlink } from '../../support/files.ts'

const FAULT = 21

const CALLS = ABI.filter(({ module }) => module === WASI_MODULE)

// For each parameter of a call a value with which it succeeds. Outputs lie apart, so that what one writes shows. Inputs are where `prepare`
// puts them: vectors at 64, names of one letter from 700 on, a subscription at 800.
const GOOD: Readonly<Record<string, readonly (number | bigint)[]>> = {
  args_get: [1024, 2048],
  args_sizes_get: [1024, 2048],
  environ_get: [1024, 2048],
  environ_sizes_get: [1024, 2048],
  clock_res_get: [0, 1024],
  clock_time_get: [0, 0n, 1024],
  fd_fdstat_get: [1, 1024],
  fd_filestat_get: [1, 1024],
  fd_pread: [4, 64, 2, 0n, 1024],
  fd_prestat_dir_name: [3, 1024, 1],
  fd_prestat_get: [3, 1024],
  fd_pwrite: [4, 64, 2, 0n, 1024],
  fd_read: [0, 64, 2, 1024],
  fd_readdir: [3, 2048, 256, 0n, 1024],
  fd_seek: [4, 0n, 0, 1024],
  fd_tell: [4, 1024],
  fd_write: [1, 64, 2, 1024],
  path_create_directory: [3, 710, 1],
  path_filestat_get: [3, 0, 700, 1, 1024],
  path_filestat_set_times: [3, 0, 700, 1, 0n, 0n, 0],
  path_link: [3, 0, 700, 1, 3, 710, 1],
  path_open: [3, 0, 700, 1, 0, 0n, 0n, 0, 1024],
  path_readlink: [3, 720, 1, 2048, 16, 1024],
  path_remove_directory: [3, 730, 1],
  path_rename: [3, 700, 1, 3, 710, 1],
  path_symlink: [700, 1, 3, 710, 1],
  path_unlink_file: [3, 700, 1],
  poll_oneoff: [800, 2048, 1, 1024],
  random_get: [1024, 16],
}
// These never succeed without a broker, or at all: see sockets.test.ts and unsupported.test.ts.
const SOCKETS = ['sock_accept', 'sock_recv', 'sock_send']

/** A guest with a file, a directory and a link, the file open as 4. */
function guest(options?: Parameters<typeof harness>[1]): CallHarness {
  const entries = [file('f', 'contents'), directory('d'), symlink('l', 'f')]
  const made = harness({ fs: { ...GRANTS.fs!, mounts: [{ kind: 'memory', at: '/', writable: true, entries }] } }, options)
  if (options?.withMemory === false) return made
  const { view } = made
  for (const [i, value] of [512, 4, 600, 4].entries()) view.setUint32(64 + i * 4, value, true)
  for (const [i, name] of ['f', 'n', 'l', 'd'].entries()) view.setUint8(700 + i * 10, name.charCodeAt(0))
  // The subscription: type fd_write, descriptor 1.
  view.setUint8(808, 2)
  view.setUint32(816, 1, true)
  made.call('path_open', 3, 0, 700, 1, 0, (1n << 30n) - 1n, 0n, 0, 1024)
  return made
}

/** Bytes that a pointer parameter covers, given the other arguments. */
function extent(name: string, index: number): number {
  const { parameters } = CALLS.find((entry) => entry.name === name)!
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

const cases = CALLS.flatMap((entry) =>
  entry.parameters.flatMap((parameter, index) =>
    parameter.meaning.kind === 'pointer' && !SOCKETS.includes(entry.name)
      ? [{ name: entry.name, parameter: parameter.name, index, direction: parameter.meaning.direction }]
      : [],
  ),
)

describe('every pointer of every host call of preview 1', () => {
  it('is in the table above', () => {
    const pointed = CALLS.filter(({ parameters }) => parameters.some(({ meaning }) => meaning.kind === 'pointer'))
    expect(pointed.map(({ name }) => name).sort()).toEqual([...Object.keys(GOOD), ...SOCKETS].sort())
  })

  it.each(cases)('$name: $parameter may not leave the memory', ({ name, index }) => {
    for (const pointer of badPointers(extent(name, index))) {
      const made = guest()
      const before = made.bytes.slice()
      const values = GOOD[name]!.map((value, i) => (i === index ? pointer : value))
      expect([pointer, made.call(name, ...values)]).toEqual([pointer, FAULT])
      expect(Buffer.compare(made.bytes, before), `memory changed with ${pointer}`).toBe(0)
      expect(made.output).toEqual([])
      expect([made.context.stdinPosition, made.context.outputBytes, made.context.death]).toEqual([0, 0, null])
      expect(made.mounts.changes()).toEqual([])
    }
  })

  it.each(cases)('$name: $parameter may touch the edges', ({ name, index, direction }) => {
    const bytes = extent(name, index)
    for (const pointer of goodPointers(bytes)) {
      const made = guest()
      const good = Number(GOOD[name]![index])
      // Inputs must be what they were, wherever they stand.
      if (direction === 'in') made.bytes.set(made.bytes.slice(good, good + bytes), pointer)
      const values = GOOD[name]!.map((value, i) => (i === index ? pointer : value))
      expect([pointer, made.call(name, ...values)]).toEqual([pointer, 0])
    }
  })

  it.each(cases)('$name: $parameter is a fault for a guest without memory', ({ name }) => {
    const made = guest({ withMemory: false })
    expect(made.call(name, ...GOOD[name]!)).toBe(FAULT)
    expect(made.context.death).toBeNull()
  })

  it('faults before a socket is looked at', () => {
    // `ro_flags` has 16 bits.
    for (const pointer of badPointers(2)) expect(guest().call('sock_recv', 99, 64, 2, 0, 1024, pointer)).toBe(FAULT)
    for (const pointer of badPointers(4)) {
      expect(guest().call('sock_accept', 99, 0, pointer)).toBe(FAULT)
      expect(guest().call('sock_recv', 99, 64, 2, 0, pointer, 1024)).toBe(FAULT)
      expect(guest().call('sock_send', 99, 64, 2, 0, pointer)).toBe(FAULT)
    }
  })

  it('takes an address and a length whose sum wraps for what it is', () => {
    const made = harness()
    expect(made.call('random_get', 16, -8)).toBe(FAULT)
    expect(made.call('random_get', PAGE - 1, 2)).toBe(FAULT)
    expect(made.call('random_get', PAGE, 0)).toBe(0)
    expect(made.call('random_get', PAGE + 1, 0)).toBe(FAULT)
  })
})
