// What a command says when the machine, not the person and not the project, is at fault.
import { describe, expect, it } from 'vitest'
import { explain } from '../../src/cli/cli-error.ts'
import { EXIT } from '../../src/cli/exit-codes.ts'

describe('explain', () => {
  it.each([
    ['ENOSPC', 'The disk is full'],
    ['EROFS', 'The file system cannot be written'],
    ['EACCES', 'may not be used'],
  ])('%s is trouble of the machine, with a remedy', (code, words) => {
    const { text, exitCode } = explain(Object.assign(new Error(`${code}: words of the system, write`), { code }))
    expect(text).toContain(words)
    expect(text).toContain(code)
    expect(text).not.toContain('defect')
    expect(exitCode).toBe(EXIT.fault)
  })

  it('anything else that is not expected is a defect, and says so', () => {
    expect(explain(new TypeError('x is undefined')).text).toContain('a defect of gauntlet')
  })
})
