#!/usr/bin/env node
// The command `gauntlet`. It looks at Node's version before anything is loaded that an older one could not even parse.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 13)) {
  process.stderr.write(`gauntlet: Node ${process.versions.node} is too old; use Node 22.13 or newer.\n`)
  process.exitCode = 69 // EX_UNAVAILABLE; exit-codes.ts may not be loaded here
} else {
  const { gauntlet } = await import('./program.ts')
  process.exitCode = await gauntlet(process.argv.slice(2))
}
