// The options that the command line has, to check that documents and workflows name no others.
import type { Command } from 'commander'
import { commandLine } from '../../src/cli/program.ts'

/** Of all commands together, such as `--budget`. */
export const KNOWN_OPTIONS: ReadonlySet<string> = new Set(
  all(commandLine('gauntlet', [], () => {})).flatMap((command) => command.options.map(({ long }) => long ?? '')),
)

function all(command: Command): Command[] {
  return [command, ...command.commands.flatMap(all)]
}
