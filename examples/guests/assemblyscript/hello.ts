// A WASI command in AssemblyScript: greets on standard output, with everything that a guest can be handed: arguments, environment, standard
// input, clock.
// @ts-nocheck: the types are those of AssemblyScript.
import { args, exit, firstLine, now, STDERR, STDOUT, variable, write } from './wasi'

const words = args()
const greeting = variable('GREETING')
write(STDOUT, `${greeting.length > 0 ? greeting : 'Hello'}, ${words.length > 1 ? words[1] : 'world'}!\n`)

const line = firstLine()
if (line.length > 0) write(STDOUT, `You say: ${line}\n`)

// Any date after the first of January 2020 will do: it shows that the clock is one.
const running = now() > 1577836800 * 1_000_000_000
write(STDERR, `AssemblyScript: ${words.length.toString()} arguments, clock ${running ? 'running' : 'stopped'}\n`)
if (words.length > 2) exit(U32.parseInt(words[2]))
