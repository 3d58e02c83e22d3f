// Programs for the executor guest: any bytes are one, the text form says all of it, and results of earlier calls reach later ones.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeProgram } from '../../../src/attacks/executor/decode.ts'
import { FAMILIES, familyOf, switchedOn } from '../../../src/attacks/executor/families.ts'
import { EXECUTOR_CALLS, executorModule, RECORDS } from '../../../src/attacks/executor/module.ts'
import { fillBytes, MANNERS, resolveArguments, value, writeCall } from '../../../src/attacks/executor/program.ts'
import { shrinkProgram } from '../../../src/attacks/executor/shrink.ts'
import { formatProgram, ProgramError, parseProgram } from '../../../src/attacks/executor/text.ts'

const SIZE = 65_536
const programs = fc.uint8Array({ maxLength: 400, size: 'max' }).map((bytes) => decodeProgram(bytes, SIZE))

describe('the executor guest', () => {
  it('is a module with every call of the table', () => {
    const module = new WebAssembly.Module(Uint8Array.from(executorModule()))
    expect(WebAssembly.Module.imports(module).map(({ name }) => name)).toEqual(EXECUTOR_CALLS.map(({ name }) => name))
  })
})

describe('decodeProgram', () => {
  it('makes a program of any bytes, whose fills lie below the program and whose references point back', () => {
    fc.assert(
      fc.property(programs, ({ calls }) => {
        for (const [index, { fills, args, index: entry }] of calls.entries()) {
          expect(args.length).toBe(EXECUTOR_CALLS[entry]!.parameters.length)
          for (const fill of fills) expect(fill.at + fillBytes(fill).length).toBeLessThanOrEqual(RECORDS)
          for (const argument of args) if (argument.kind === 'result') expect(argument.call).toBeLessThan(index)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('makes calls in other manners only where they are switched on', () => {
    const made = (bits: number) =>
      fc
        .sample(fc.uint8Array({ minLength: 60, maxLength: 200 }), { numRuns: 300, seed: 3 })
        .flatMap((bytes) => decodeProgram(Uint8Array.from(bytes).fill(bits, 1, 2), SIZE).calls)
    expect(made(0x7f).every(({ grow, depth, times }) => (grow ?? depth ?? times) === undefined)).toBe(true)
    const other = made(0x80)
    for (const manner of MANNERS) expect(other.filter((call) => call[manner] !== undefined).length).toBeGreaterThan(5)
  })

  it('reaches every call, and uses handles that earlier calls opened', () => {
    const made = fc.sample(programs, { numRuns: 3000, seed: 5 }).flatMap(({ calls }) => calls)
    expect(new Set(made.map(({ index }) => index)).size).toBe(EXECUTOR_CALLS.length)
    const references = made.flatMap(({ args }) => args.filter(({ kind }) => kind === 'result'))
    expect(references.length).toBeGreaterThan(made.length / 20)
  })

  it('makes only calls of the families that are switched on', () => {
    const crypto = 1 << FAMILIES.indexOf('crypto')
    const { calls } = decodeProgram(
      Uint8Array.from({ length: 200 }, (_, i) => (i === 1 ? crypto : (i * 91) & 0xff)),
      SIZE,
    )
    expect(calls.length).toBeGreaterThan(3)
    expect(new Set(calls.map(({ index }) => familyOf(EXECUTOR_CALLS[index]!)))).toEqual(new Set(['crypto']))
  })

  it('has every call in one family', () => {
    expect(switchedOn(0).toSorted((a, b) => a - b)).toEqual(EXECUTOR_CALLS.map((_, index) => index))
  })
})

describe('the text form', () => {
  it('of a program is read as the same program', () => {
    fc.assert(
      fc.property(programs, (program) => {
        const text = formatProgram(program)
        expect(text).toMatch(/^[\n -~]*$/)
        expect(parseProgram(text)).toEqual(program)
      }),
      { numRuns: 500 },
    )
  })

  it('is for people', () => {
    const text = [
      'seed 7',
      '0x1000 = "dir/\\u202e"',
      '#0 path_open(fd=3, dirflags=0, path=0x1000, path_len=7, oflags=0, fs_rights_base=0x1fffffff, fs_rights_inheriting=0, fdflags=0, opened=0x100)',
      '0x1000 = (0x6000, 0x10) (0xffffffff, 4)',
      '0x1010 = "a" * 300',
      '0x1200 = hex 80ff',
      '#1 fd_read(fd=#0.opened, iovs=0x1000, iovs_len=2, nread=0x200) grow 1, depth 0x1f40, times 3',
    ].join('\n')
    expect(formatProgram(parseProgram(text))).toBe(text)
  })

  it.each([
    ['sched_yield()', 'Line 1: bytes are written as'],
    ['#1 sched_yield()', 'Line 1: this is call #0'],
    ['#0 fd_shred()', 'Line 1: the table has no call "fd_shred"'],
    ['#0 fd_close(file=1)', 'Line 1: the parameters of fd_close are fd'],
    ['#0 fd_close(fd=one)', 'Line 1: "one" is no number'],
    ['#0 fd_close(fd=#0.opened)', 'Line 1: call #0 does not come before'],
    ['#0 sched_yield()\n#1 fd_close(fd=#0.opened)', 'Line 2: #0.opened is no result'],
    ['0x1000 = "\\ud800"', 'Line 1: the text is no Unicode'],
    ['0x1000 = [1]', 'Line 1: bytes are a text in quotes'],
    ['0x7fff = "ab"', 'Line 1: the bytes lie where the program itself does'],
    ['0x1000 = "ab" * 99999', 'Line 1: the bytes are more than there is memory'],
    ['0x1000 = "ab"', 'behind the last call'],
    ['#0 sched_yield() slowly', 'Line 1: behind a call may stand'],
    ['#0 sched_yield() times 0', 'Line 1: a call that is made in some manner'],
    ['#0 sched_yield() times 0x10000', 'Line 1: 0x10000 is too large'],
    ['#0 sched_yield() times 2, times 3', 'Line 1: how a call is made is said twice'],
  ])('%j is refused with its line and what is wrong', (text, message) => {
    expect(() => parseProgram(text)).toThrow(ProgramError)
    expect(() => parseProgram(text)).toThrow(message)
  })
})

describe('shrinkProgram', () => {
  it('leaves out what the defect does not need, and keeps references right', () => {
    const program = parseProgram(
      '#0 sched_yield()\n#1 crypto_key(name=0x1000, name_len=3, key=0x100)\n#2 sched_yield()\n#3 crypto_close(fd=#1.key)\n#4 sched_yield()',
    )
    const closes = EXECUTOR_CALLS.findIndex(({ name }) => name === 'crypto_close')
    const smaller = shrinkProgram(program, ({ calls }) => calls.some(({ index }) => index === closes))
    expect(formatProgram(smaller)).toBe('seed 0\n#0 crypto_key(name=0x1000, name_len=3, key=0x100)\n#1 crypto_close(fd=#0.key)')
  })
})

describe('arguments', () => {
  const program = parseProgram(
    '#0 args_sizes_get(argc=0x100, argv_buf_size=0xfffffffe)\n#1 fd_close(fd=#0.argc)\n#2 fd_close(fd=#0.argv_buf_size)',
  )
  const earlier = [[0x100n, 0xffff_fffen], [9n]]
  it('that are results are read where the earlier call wrote them, when they are used', () => {
    const memory = new Uint8Array(SIZE)
    memory[0x100] = 77
    expect(resolveArguments(program, program.calls[1]!, earlier, memory)).toEqual([77n])
  })
  it('that are results outside of the memory are 0', () => {
    expect(resolveArguments(program, program.calls[2]!, earlier, new Uint8Array(SIZE))).toEqual([0n])
  })
  it('become a record of eight bytes each, behind how the call is made', () => {
    const index = EXECUTOR_CALLS.findIndex(({ name }) => name === 'fd_close')
    const view = new DataView(new ArrayBuffer(32))
    expect(writeCall(view, 8, { index, depth: 0x0304, times: 2 }, [0x0102n])).toBe(32)
    expect(new Uint8Array(view.buffer)).toEqual(
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, index, 0, 2, 0, 4, 3, 24, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    )
    expect(value(3)).toEqual({ kind: 'value', value: 3n })
  })
})
