// What a guest may use up together must fit into its jail together, and so must the way back of what it wrote.
import { expect, it } from 'vitest'
import { createSandbox } from '../../../src/sandbox/index.ts'
import { OFLAGS, rights } from '../support/files.ts'
import { at, FREE, OUT, script, store } from '../support/script.ts'

const MiB = 2 ** 20
const [HANDLE, VECTOR] = [OUT + 16, OUT + 32]

it('a guest that fills its memory and its files under the default policy ends well, and its files come back', async () => {
  const files = 15
  const module = script(
    (s) => [
      `(memory.fill (i32.const ${FREE}) (i32.const 7) (i32.const ${99 * MiB}))`,
      ...Array.from({ length: files }, (_, i) => [
        s.call('path_open', 3, 0, `file ${i}`, OFLAGS.creat, rights('fd_write'), 0n, 0, HANDLE),
        store(VECTOR, FREE),
        store(VECTOR + 4, 4 * MiB),
        s.call('fd_write', at(HANDLE), VECTOR, 1, OUT),
        s.call('fd_close', at(HANDLE)),
      ]).flat(),
    ],
    1600,
  )
  await using sandbox = createSandbox({ capabilities: { fs: { mounts: [{ kind: 'memory', at: '/' }] } } })
  for (let i = 0; i < 3; i++) {
    const { outcome, changes } = await sandbox.execute(module)
    expect([outcome, changes.length]).toEqual(['completed', files])
  }
})
