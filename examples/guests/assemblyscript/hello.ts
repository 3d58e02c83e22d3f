// A WASI command in AssemblyScript: greets on standard output, with everything that a guest can be handed: arguments, environment, standard
// input, clock. `process` and `Date` are those of @assemblyscript/wasi-shim, not those of Node, so TypeScript must not check this file:
// @ts-nocheck
const args = process.argv
const greeting = process.env.has('GREETING') ? process.env.get('GREETING') : 'Hello'
process.stdout.write(`${greeting}, ${args.length > 1 ? args[1] : 'world'}!\n`)

const buffer = new ArrayBuffer(256)
const read = process.stdin.read(buffer)
if (read > 0) {
  const line = String.UTF8.decode(buffer.slice(0, read)).split('\n')[0]
  process.stdout.write(`You say: ${line}\n`)
}

// Any date after the first of January 2020 will do: it shows that the clock is one.
const running = Date.now() > 1577836800000
process.stderr.write(`AssemblyScript: ${args.length} arguments, clock ${running ? 'running' : 'stopped'}\n`)
if (args.length > 2) process.exit(I32.parseInt(args[2]))
