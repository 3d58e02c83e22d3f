// Commands about threats and single attacks: threats, replay, generate, lower, accept, compare, engines.
import type { Command } from 'commander'
import { ACCEPT_HELP, COMPARE_HELP, ENGINES_HELP, GENERATE_HELP, LOWER_HELP, REPLAY_HELP, THREATS_HELP } from '../help.ts'
import { interruptible } from '../interrupt.ts'
import type { ThreatsOptions } from '../threats.ts'
import { OVERLAY, repeatable } from './options.ts'

export function addThreats(program: Command, end: (code: number) => void): void {
  const threats = program
    .command('threats')
    .summary('look things up in the threat model, check it, export it')
    .description('Shows the threats with what answers and attacks them, checks the threat model and overlays, and exports it.')
    .addHelpText('after', THREATS_HELP)
  const list = async (id: string | undefined, options: ThreatsOptions): Promise<void> => {
    const { threats } = await import('../threats.ts')
    await threats(id, options, process.stdout, process.stderr)
  }
  threats
    .command('show', { isDefault: true })
    .description('Shows one threat in full, or lists all of them if none is named.')
    .argument('[id]', 'a threat, such as LNK-01')
    .option('--boundary <id>', 'only the threats of one trust boundary')
    .option(...OVERLAY)
    .option('--json', 'print them as JSON')
    .action(list)
  threats
    .command('list')
    .description('Lists the threats with the controls that answer them and the corpus cases that attack them.')
    .option('--boundary <id>', 'only the threats of one trust boundary')
    .option(...OVERLAY)
    .option('--json', 'print them as JSON')
    .action(async (options) => await list(undefined, options))
  threats
    .command('lint')
    .description('Checks the threat model, or overlays over it, and names every problem with its file and line.')
    .argument('[file...]', 'overlays, in their order; or files of threat-model/, to hear of their problems only')
    .option('--json', 'print the problems as JSON')
    .action(async (files, options) => {
      const { lintThreats } = await import('../threats-lint.ts')
      end(await lintThreats(files, options, process.stdout))
    })
  threats
    .command('coverage')
    .description('Says for each threat what tries it: cases with twins, generators, properties, weakenings.')
    .option('--report <file>', 'what a run came to: its report.json, or its directory')
    .option('--boundary <id>', 'only the threats of one trust boundary')
    .option('--gaps', 'only threats that lack a case, a twin or a weakening')
    .option(...OVERLAY)
    .option('--json', 'print it as JSON')
    .action(async (options) => {
      const { coverage } = await import('../threats-coverage.ts')
      await coverage(options, process.stdout)
    })
  threats
    .command('export')
    .description('Writes the threat model for another tool.')
    .requiredOption('--format <format>', 'owasp-tml (OWASP Threat Model Library 1.0.2), threat-dragon (v2) or otm (0.2.0)')
    .option('-o, --out <file>', 'where to write it (default: standard output)')
    .option(...OVERLAY)
    .action(async (options) => {
      const { exportThreats } = await import('../threats-export.ts')
      await exportThreats(options, process.stdout)
    })
}

export function addReplay(program: Command, end: (code: number) => void): void {
  program
    .command('replay')
    .summary('repeat attacks and their twins')
    .description('Runs attacks and their benign twins in chambers of their own and says what each oracle makes of it.')
    .argument('<attack...>', 'the id of a finding, a corpus file or case, the .json of a finding, or generator:NAME@SEED')
    .option(
      '--target <name|file>',
      "name of a host (docs/targets.md), or the file of an adapter (default: the finding's own, or jail)",
    )
    .option('--reports <folder>', 'folder of the reports in which ids of findings are looked up', 'reports')
    .option('--json', 'print observation and verdicts as JSON')
    .addHelpText('after', REPLAY_HELP)
    .action(async (attacks, options) => {
      const { replay } = await import('../replay.ts')
      end(await interruptible((interruption) => replay(attacks, options, process.stdout, interruption)))
    })
}

export function addGenerate(program: Command, end: (code: number) => void): void {
  program
    .command('generate')
    .summary('write attacks of a family to files')
    .description(
      'Writes attacks and their benign twins as corpus cases and modules; without a name, lists families and generators.',
    )
    .argument('[name]', 'a family, such as files or G10, or a generator, such as two-mounts')
    .option('--seed <number>', 'seed of the first attack (default: a new one, which the names of the files say)')
    .option('--count <number>', 'attacks of each generator, from seeds one after the other', '1')
    .option('-o, --out <folder>', 'where to write')
    .option('--json', 'print the list as JSON')
    .addHelpText('after', GENERATE_HELP)
    .action(async (name, options) => {
      const { generate } = await import('../generate.ts')
      end(await interruptible((interruption) => generate(name, options, process.stdout, interruption)))
    })
}

export function addLower(program: Command): void {
  program
    .command('lower')
    .summary('write a program of host calls as a module')
    .description('Writes a program of host calls, such as a finding shows, as a stand-alone module that makes the same calls.')
    .argument('<file>', 'a text file with a program, or with a finding that ends in one')
    .option('-o, --out <file>', 'where to write (default: standard output)')
    .option('--threats <ids>', 'threats of the case, separated by commas', 'MEM-21')
    .option('--force', 'replace a file that is there')
    .addHelpText('after', LOWER_HELP)
    .action(async (file, options) => {
      const { lower } = await import('../lower.ts')
      await lower(file, options, process.stdout)
    })
}

export function addAccept(program: Command, end: (code: number) => void): void {
  program
    .command('accept')
    .summary('make a finding a case of the corpus')
    .description(
      'Writes a finding into the corpus, with its twin, so that every run tries it; an input of a fuzzing target becomes a seed.',
    )
    .argument('<finding>', 'its id, its long id, or its .json file')
    .option('--name <words>', 'name of the case behind its threat, such as import-by-another-name (default: from the title)')
    .option('--title <text>', "title of the case (default: the finding's)")
    .option('--target <name|file>', "where it is tried first (default: the finding's own target, or jail)")
    .option('--reports <folder>', 'folder of the reports in which ids of findings are looked up', 'reports')
    .option('--corpus <folder>', 'folder of the corpus', 'corpus')
    .addHelpText('after', ACCEPT_HELP)
    .action(async (finding, options) => {
      const { accept } = await import('../accept.ts')
      end(await accept(finding, options, process.stdout))
    })
}

/** @param typed the command as it was typed, for the pages */
export function addCompare(program: Command, typed: string, end: (code: number) => void): void {
  program
    .command('compare')
    .summary('run the same attacks on several hosts')
    .description(
      'Runs the corpus and generated attacks on each host, and writes what was contained, violated or not applicable as a matrix.',
    )
    .argument('[target...]', 'names of hosts, or files of adapters (default: every host that the gauntlet knows)')
    .option('--only <case|threat>', 'only the case with this id, or the cases of this threat; repeatable', repeatable)
    .option(...OVERLAY)
    .option('--budget <time>', 'time for the whole run, such as 10m or 2h', '1h')
    .option('--seed <number>', 'seed of the generated attacks', '1')
    .option('--per-generator <number>', 'attacks that each generator makes', '3')
    .option('--reports <folder>', 'folder for the pages', 'reports')
    .option('--json', 'print the whole comparison as JSON')
    .addHelpText('after', COMPARE_HELP)
    .action(async (targets, options) => {
      const { compare } = await import('../compare.ts')
      const streams = { output: process.stdout, notes: process.stderr }
      end(await interruptible(({ signal }) => compare(targets, options, typed, streams, signal)))
    })
}

export function addEngines(program: Command, typed: string, end: (code: number) => void): void {
  program
    .command('engines')
    .summary('run the corpus on several engines')
    .description(
      'Runs every case of the corpus against our own sandbox on each engine, and says where one did not hold and where they differ.',
    )
    .option(
      '--engine <program>',
      'a program of Node, Bun or Deno; repeatable (default: those that a checkout installs)',
      repeatable,
    )
    .option('--only <case>', 'only the case with this id; repeatable', repeatable)
    .option('--reports <folder>', 'folder for engines.json', 'reports')
    .option('--json', 'print it as JSON')
    .addHelpText('after', ENGINES_HELP)
    .action(async (options) => {
      const { engines } = await import('../engines.ts')
      const streams = { output: process.stdout, notes: process.stderr }
      end(await interruptible(({ signal }) => engines(options, typed, streams, signal)))
    })
}
