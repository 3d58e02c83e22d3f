// Coverage-guided: programs of file calls out of bytes, through the guest's calls and the tree in memory, against the model of the property file-system.
import fc from 'fast-check'
import { fromBytes } from '../src/attacks/generators/choices.ts'
import type { FuzzTargetAbout } from '../src/campaign/property.ts'
import { fileCommand } from './models/file-commands.ts'
import { begin } from './properties/file-system.ts'

export const about: FuzzTargetAbout = {
  threats: ['FSX-07', 'FSX-11', 'FSX-14', 'FSX-22', 'FSX-23', 'FSX-24', 'FSX-25', 'FSX-27', 'FSX-28'],
  includes: ['build/src/sandbox/host/fs', 'build/src/sandbox/host/wasi'],
  maxLength: 256,
  minimumEdges: 500,
  minimumReached: 200,
}

const commands = fc.array(fileCommand, { minLength: 1, maxLength: 24 })

export function fuzz(data: Buffer): void {
  const pair = begin()
  // A command throws what is wrong.
  for (const command of fromBytes(commands, data)) command.run(pair)
  const left = pair.finish()
  if (left !== null) throw new Error(left)
}
