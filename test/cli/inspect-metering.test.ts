// `gauntlet inspect --metering`: the rewriter and the checker alone, for people and for programs.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { gauntlet, scratch } from './spawn.ts'

describe('gauntlet inspect --metering', () => {
  const { dir, remove } = scratch()
  afterAll(remove)
  const file = (name: string, text: string) => {
    writeFileSync(join(dir, name), text)
    return join(dir, name)
  }

  it('says what was proven', async () => {
    const { stdout, code } = await gauntlet(['inspect', '--metering', file('a.wat', '(module (func (loop (br 0))) (func))')])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^verdict +proven$/m)
    expect(stdout).toMatch(/^functions +2$/m)
    expect(stdout).toMatch(/^charges +3, 3 of them with a check$/m)
  })

  it('says it in JSON', async () => {
    const { stdout } = await gauntlet(['inspect', '--metering', '--json', file('b.wat', '(module (func))')])
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'proven', proof: { functions: 1, charges: 1, checks: 1 } })
  })

  it('ends as a refusal for what cannot be metered', async () => {
    const { stdout, code } = await gauntlet(['inspect', '--metering', file('c.wasm', 'no module')])
    expect([code, /^verdict +refused$/m.test(stdout)]).toEqual([126, true])
  })
})
