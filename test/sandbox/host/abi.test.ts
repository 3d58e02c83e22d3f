// The ABI table agrees with the handlers and with itself.
import { describe, expect, it } from 'vitest'
import { ABI, findAbiFunction, LAYOUT_BYTES, WASI_MODULE } from '../../../src/sandbox/host/abi/index.ts'
import { HANDLERS } from '../../../src/sandbox/host/handlers.ts'

const byName = (a: string, b: string) => (a < b ? -1 : 1)

describe('the ABI table', () => {
  it('has exactly the calls that have a handler', () => {
    expect([...HANDLERS.keys()].sort(byName)).toEqual(ABI.map((entry) => entry.name).sort(byName))
  })

  it('has the 46 functions of preview 1, each once', () => {
    const wasi = ABI.filter(({ module }) => module === WASI_MODULE).map(({ name }) => name)
    expect(new Set(wasi).size).toBe(46)
    expect(wasi.length).toBe(46)
  })

  it.each(ABI.map((entry) => [entry.name, entry] as const))('%s: parameters refer to each other', (_, entry) => {
    const names = entry.parameters.map((p) => p.name)
    expect(new Set(names).size).toBe(names.length)
    entry.parameters.forEach(({ meaning, type }, index) => {
      if (meaning.kind === 'pointer') {
        expect(type).toBe('i32')
        expect(LAYOUT_BYTES[meaning.to]).toBeGreaterThan(0)
        if (typeof meaning.count === 'string') {
          const counter = entry.parameters[names.indexOf(meaning.count)]
          expect(counter?.meaning.kind).toBe('length')
        }
      }
      // A length belongs to a pointer of the same call.
      if (meaning.kind === 'length') {
        const used = entry.parameters.some((p) => p.meaning.kind === 'pointer' && p.meaning.count === names[index])
        expect(used, `${entry.name} ${names[index]}`).toBe(true)
      }
    })
    expect(entry.result).toBe(entry.name === 'proc_exit' ? 'never' : 'errno')
  })

  it('has no name in both namespaces, so that a name alone says which call it is', () => {
    expect(new Set(ABI.map((entry) => entry.name)).size).toBe(ABI.length)
  })

  it('is searched by exact names in both parts', () => {
    expect(findAbiFunction(WASI_MODULE, 'fd_write')?.name).toBe('fd_write')
    for (const [module, name] of [
      ['', ''],
      [WASI_MODULE, ''],
      ['', 'fd_write'],
      [WASI_MODULE, 'FD_WRITE'],
      [WASI_MODULE, 'fd_write\0'],
      [`${WASI_MODULE}\ud800fd_write`, ''],
      [WASI_MODULE, '__proto__'],
      ['__proto__', 'fd_write'],
      ['constructor', 'constructor'],
      ['wasi_unstable', 'fd_write'],
    ] as const)
      expect(findAbiFunction(module, name)).toBeUndefined()
  })

  // Core types of every call, as the preview 1 specification's witx lowers to them.
  it.each([
    ['args_get', 'i32 i32'],
    ['clock_time_get', 'i32 i64 i32'],
    ['fd_advise', 'i32 i64 i64 i32'],
    ['fd_allocate', 'i32 i64 i64'],
    ['fd_fdstat_set_rights', 'i32 i64 i64'],
    ['fd_filestat_set_times', 'i32 i64 i64 i32'],
    ['fd_pread', 'i32 i32 i32 i64 i32'],
    ['fd_pwrite', 'i32 i32 i32 i64 i32'],
    ['fd_readdir', 'i32 i32 i32 i64 i32'],
    ['fd_seek', 'i32 i64 i32 i32'],
    ['fd_write', 'i32 i32 i32 i32'],
    ['path_filestat_set_times', 'i32 i32 i32 i32 i64 i64 i32'],
    ['path_link', 'i32 i32 i32 i32 i32 i32 i32'],
    ['path_open', 'i32 i32 i32 i32 i32 i64 i64 i32 i32'],
    ['path_readlink', 'i32 i32 i32 i32 i32 i32'],
    ['path_rename', 'i32 i32 i32 i32 i32 i32'],
    ['path_symlink', 'i32 i32 i32 i32 i32'],
    ['poll_oneoff', 'i32 i32 i32 i32'],
    ['sock_accept', 'i32 i32 i32'],
    ['sock_recv', 'i32 i32 i32 i32 i32 i32'],
    ['sock_send', 'i32 i32 i32 i32 i32'],
    ['sched_yield', ''],
    ['proc_exit', 'i32'],
  ])('%s takes (%s)', (name, types) => {
    expect(
      findAbiFunction(WASI_MODULE, name)!
        .parameters.map((p) => p.type)
        .join(' '),
    ).toBe(types)
  })
})
