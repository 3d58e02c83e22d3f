// The command line as a whole, and what becomes of errors. commands/ says what can be written; the work is done in one file for each command.
import { Command, CommanderError } from 'commander'
import { visible } from '../reports/visible.ts'
import { explain } from './cli-error.ts'
import { addAccept, addCompare, addEngines, addGenerate, addLower, addReplay, addThreats } from './commands/attacks.ts'
import { addFuzz, addInit, addMerge, addProve, addReport } from './commands/runs.ts'
import { addAudit, addConsent, addInspect, addRun } from './commands/sandbox.ts'
import { addAttest, addSigning } from './commands/signatures.ts'
import { EXIT } from './exit-codes.ts'
import { PROGRAM_HELP } from './help.ts'
import { version } from './project.ts'
import { writeLine } from './terminal.ts'

/**
 * @param argv without node and script
 * @returns the exit code; never throws
 */
export async function gauntlet(argv: readonly string[]): Promise<number> {
  leaveQuietlyWhenNobodyReads()
  let code: number = EXIT.ok
  const { own, words } = splitWords(argv)
  const program = commandLine(['gauntlet', ...argv].join(' '), words, (result) => {
    code = result
  })
  try {
    await program.parseAsync(own, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    const { text, exitCode } = explain(error)
    // It may quote what somebody else wrote: names in reports, keys of an overlay.
    await writeLine(process.stderr, visible(`gauntlet: ${text}`, { lines: true, limit: Number.POSITIVE_INFINITY }))
    return exitCode
  }
}

/** What stands behind `--` after `run` is the guest's, dashes and all; without the mark a second word is a mistake. */
function splitWords(argv: readonly string[]): { own: readonly string[]; words: readonly string[] } {
  const at = argv[0] === 'run' ? argv.indexOf('--') : -1
  return at < 0 ? { own: argv, words: [] } : { own: argv.slice(0, at), words: argv.slice(at + 1) }
}

/** All commands. @param typed the command as it was typed, for reports */
export function commandLine(typed: string, words: readonly string[], end: (code: number) => void): Command {
  const program = new Command('gauntlet')
    .description('Runs untrusted WebAssembly in a sandbox, and attacks sandboxes to see what holds.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .showHelpAfterError('(add --help for what can be written)')
    .addHelpText('after', PROGRAM_HELP)
    .exitOverride()
  addRun(program, words, end)
  addInspect(program, end)
  addAudit(program, end)
  addConsent(program)
  addSigning(program, end)
  addAttest(program, end)
  addThreats(program, end)
  addReplay(program, end)
  addGenerate(program, end)
  addLower(program)
  addAccept(program, end)
  addCompare(program, typed, end)
  addEngines(program, typed, end)
  addFuzz(program, typed, end)
  addMerge(program, typed, end)
  addProve(program, typed, end)
  addReport(program, end)
  addInit(program)
  return program
}

// `gauntlet threats | head` is no error of anybody.
function leaveQuietlyWhenNobodyReads(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(EXIT.brokenPipe)
      throw error
    })
  }
}
