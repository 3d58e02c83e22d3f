// Mutation of programs: what comes out is a program, with every reference right, and all kinds of changes happen.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeProgram } from '../../../src/attacks/executor/decode.ts'
import { mutateProgram } from '../../../src/attacks/executor/mutate.ts'
import { entryOf, MANNERS } from '../../../src/attacks/executor/program.ts'
import { formatProgram, parseProgram } from '../../../src/attacks/executor/text.ts'
import { ByteChoices, Random } from '../../../src/attacks/random.ts'

const programs = fc.uint8Array({ minLength: 20, maxLength: 200, size: 'max' }).map((bytes) => decodeProgram(bytes, 65_536))

describe('mutateProgram', () => {
  it('makes a program, whose text is read as the same', () => {
    fc.assert(
      fc.property(programs, programs, fc.nat(), (program, other, seed) => {
        const mutant = mutateProgram(program, other, new Random(seed))
        expect(mutant.calls.length).toBeLessThanOrEqual(24)
        // Refuses references that do not point back, and parameters that are no results.
        expect(parseProgram(formatProgram(mutant))).toEqual(mutant)
      }),
      { numRuns: 300 },
    )
  })

  it('keeps what a spliced call means: it uses the result of the call that it was made for', () => {
    const other = parseProgram('#0 crypto_key(name=0x1000, name_len=3, key=0x100)\n#1 crypto_close(fd=#0.key)')
    const random = new Random(1)
    for (let i = 0; i < 300; i++) {
      const { calls } = mutateProgram(parseProgram('#0 sched_yield()\n#1 sched_yield()'), other, random)
      for (const { args } of calls)
        for (const argument of args)
          if (argument.kind === 'result')
            expect(entryOf(calls[argument.call]!).parameters.map(({ name }) => name)).toContain(argument.parameter)
    }
  })

  it('makes longer and shorter programs, other arguments and other manners', () => {
    const program = parseProgram(
      '#0 crypto_key(name=0x1000, name_len=3, key=0x100)\n#1 crypto_close(fd=#0.key)\n#2 sched_yield()',
    )
    const mutants = Array.from({ length: 400 }, (_, seed) => mutateProgram(program, program, new Random(seed)))
    const count = (is: (mutant: (typeof mutants)[number]) => boolean) => mutants.filter(is).length
    expect(count(({ calls }) => calls.length > 3)).toBeGreaterThan(100)
    expect(count(({ calls }) => calls.length < 3)).toBeGreaterThan(0)
    expect(count(({ calls }) => calls.length === 3 && calls[0]!.args[1] !== program.calls[0]!.args[1])).toBeGreaterThan(0)
    for (const manner of MANNERS)
      expect(count(({ calls }) => calls.some((call) => call[manner] !== undefined))).toBeGreaterThan(5)
  })

  it('ends where its choices do', () => {
    const program = parseProgram('#0 sched_yield()')
    expect(mutateProgram(program, program, new ByteChoices(new Uint8Array(0))).calls.length).toBeLessThanOrEqual(2)
  })
})
