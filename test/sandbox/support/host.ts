// A host of its own for tests that kill it: starts guests that never end, says so, and waits.
import { createSandbox } from '../../../src/sandbox/index.ts'
import { SPIN } from './guests.ts'
import { wat } from './wat.ts'

const [what] = process.argv.slice(2)
const sandbox = createSandbox()
if (what === 'idle') {
  // An idle jail must not keep this process alive: it ends by itself, without dispose.
  await sandbox.execute(wat('(module (func (export "_start")))'))
  process.stdout.write('idle\n')
} else {
  const guests = await Promise.all([sandbox.create(wat(SPIN)), sandbox.create(wat(SPIN), 'strict')])
  for (const guest of guests) void guest.call('_start')
  process.stdout.write('running\n')
}
