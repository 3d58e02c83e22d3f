// The command line: what can be written, what it means, and what becomes of errors. The work is done in one file for each command.
import { Command, CommanderError } from 'commander'
import { explain } from './cli-error.ts'
import { EXIT } from './exit-codes.ts'
import {
  ACCEPT_HELP,
  ATTEST_HELP,
  AUDIT_HELP,
  COMPARE_HELP,
  CONSENT_HELP,
  ENGINES_HELP,
  FUZZ_HELP,
  GENERATE_HELP,
  INIT_HELP,
  INSPECT_HELP,
  KEYGEN_HELP,
  LOWER_HELP,
  MERGE_HELP,
  PROGRAM_HELP,
  PROVE_HELP,
  REPLAY_HELP,
  REPORT_HELP,
  RUN_HELP,
  SIGN_HELP,
  THREATS_HELP,
  VERIFY_HELP,
} from './help.ts'
import { interruptible } from './interrupt.ts'
import { version } from './project.ts'
import { writeLine } from './terminal.ts'
import type { ThreatsOptions } from './threats.ts'

const repeatable = (value: string, before: readonly string[] = []) => [...before, value]
const OVERLAY = [
  '--overlay <file>',
  'YAML laid over the threat model: threats, controls and risks of your own host; repeatable',
  repeatable,
] as const
const POLICY = ['--policy <name|file>', 'strict, default, relaxed, or a .yaml or .json file', 'default'] as const

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
    await writeLine(process.stderr, `gauntlet: ${text}`)
    return exitCode
  }
}

/** What stands behind `--` after `run` is the guest's, dashes and all; without the mark a second word is a mistake. */
function splitWords(argv: readonly string[]): { own: readonly string[]; words: readonly string[] } {
  const at = argv[0] === 'run' ? argv.indexOf('--') : -1
  return at < 0 ? { own: argv, words: [] } : { own: argv.slice(0, at), words: argv.slice(at + 1) }
}

function commandLine(typed: string, words: readonly string[], end: (code: number) => void): Command {
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

/** @param words program arguments from behind `--` */
function addRun(program: Command, words: readonly string[], end: (code: number) => void): void {
  program
    .command('run')
    .summary('run a module in the sandbox')
    .description('Runs a module in the sandbox, passes its output through, and ends with its exit code.')
    .argument('<module>', 'a .wasm file, or a .wat file, which is assembled first; arguments of the program follow after "--"')
    .option(...POLICY)
    .option('--entry <export>', 'exported function to call (default: "_start")')
    .option('--arg <value>', 'argument of the program, or of the function that --entry names; repeatable', repeatable)
    .option('--env <name=value>', 'environment variable for the guest; repeatable', repeatable)
    .option('--timeout <time>', 'wall-clock limit, such as 500ms or 2m')
    .option('--fuel <units>', 'limit of work, the same on every machine, such as 1000000')
    .option('--memory <size>', 'limit of linear memory, such as 16MiB')
    .option('--stdin <file|->', 'what the guest reads from standard input (default: nothing)')
    .option('--dir <host[::guest]>', 'directory of the host, live and writable (default place: "/"); repeatable', repeatable)
    .option('--dir-read-only <host[::guest]>', 'the same, but not writable; repeatable', repeatable)
    .option('--snapshot <host[::guest]>', 'a copy of a directory; changes go to --out or nowhere; repeatable', repeatable)
    .option(
      '--memory-dir <guest>',
      'an empty directory in memory; what is written goes to --out or nowhere; repeatable',
      repeatable,
    )
    .option('--out <folder>', 'a new folder for the files that the guest changed in snapshots and in memory')
    .option('--save-snapshot <file>', 'do not call "_start", but write the state of the guest, after --entry if one is named')
    .option('--from <file>', 'begin with the state that --save-snapshot wrote, of the same module under the same policy')
    .option(
      '--snapshot-key <file>',
      'Ed25519 key (PEM), or secret bytes, that seals what --save-snapshot writes and --from reads',
    )
    .option('--allow-http <origin>', 'origin for HTTP requests, such as https://*.example.org; repeatable', repeatable)
    .option('--allow-dns <name>', 'name that may be looked up; repeatable', repeatable)
    .option('--allow-tcp <host:port>', 'where TCP connections may go; repeatable', repeatable)
    .option('--allow-address <network>', 'addresses that are not public, such as 10.0.0.0/8 or loopback; repeatable', repeatable)
    .option('--kv <file>', 'key-value store for the guest')
    .option('--kv-namespace <name>', 'its part of the store (default: "default")')
    .option('--audit <directory>', 'record each decision about an effect outside of the sandbox, before it is done')
    .option('--audit-key <file>', 'Ed25519 key (PEM) that signs the audit log (default: one that is made for it and kept in it)')
    .option('--consent <file>', 'keep what is agreed to in this file, and ask no more about it')
    .option('--principal <id>', 'who vouches for the module: new versions that want no more need no new consent')
    .option('--yes', 'agree to everything that the module asks for and the policy allows')
    .option('--require-manifest', 'do not run a module that does not say what it needs')
    .option('--json', 'print the whole result as JSON, and nothing else')
    .addHelpText('after', RUN_HELP)
    .action(async (path, options) => {
      const { run } = await import('./run.ts')
      const asked = () => (process.stdin.isTTY && process.stderr.isTTY ? { input: process.stdin, output: process.stderr } : null)
      const streams = { input: () => process.stdin, output: process.stdout, notes: process.stderr, terminal: asked }
      end(await interruptible((interruption) => run(path, words, options, streams, interruption)))
    })
}

function addInspect(program: Command, end: (code: number) => void): void {
  program
    .command('inspect')
    .summary('say what a module is and whether a policy admits it')
    .description('Says what a module imports, exports, uses and needs, and whether a policy admits it. Runs nothing.')
    .argument('<module>', 'a .wasm or .wat file')
    .option(...POLICY)
    .option('--metering', 'count fuel in the module and prove it, and say what that came to')
    .option('--json', 'print it as JSON')
    .addHelpText('after', INSPECT_HELP)
    .action(async (path, options) => {
      const { inspect } = await import('./inspect.ts')
      end(await inspect(path, options, process.stdout))
    })
}

function addAudit(program: Command, end: (code: number) => void): void {
  const audit = program
    .command('audit')
    .summary('check and read audit logs')
    .description('Checks that an audit log is what was written, and shows what is in it.')
    .addHelpText('after', AUDIT_HELP)
  audit
    .command('verify')
    .description('Checks every record, signature and segment, and names the first that is not in order.')
    .argument('<log...>', 'the directory of a log, or its segments in their order')
    .option('--key <file>', 'public key (PEM) that may sign; repeatable (default: the one that the log names)', repeatable)
    .option('--anchor <file>', 'copy of a checkpoint that the log must have (default: audit.anchor in the directory)')
    .option('--partial', 'the log may begin later than with its first segment')
    .option('--json', 'print what was found as JSON')
    .action(async (paths, options) => {
      const { verifyAudit } = await import('./audit.ts')
      end(await verifyAudit(paths, options, process.stdout))
    })
  audit
    .command('show')
    .description('Prints the records that fit, one line each.')
    .argument('<log...>', 'the directory of a log, or its segments')
    .option('--instance <id>', 'of this instance; the beginning of its id is enough')
    .option('--module <sha256>', 'of this module; the beginning of its SHA-256 is enough')
    .option('--type <type>', 'such as decision, guest-ended, module-refused; repeatable', repeatable)
    .option('--decision <decision>', '"allowed" or "denied"')
    .option('--since <time>', 'not older: 2026-05-01T08:00Z, or 2h for two hours ago')
    .option('--json', 'print the records as they are in the log')
    .action(async (paths, options) => {
      const { showAudit } = await import('./audit.ts')
      await showAudit(paths, options, process.stdout, process.stderr)
    })
}

function addConsent(program: Command): void {
  const consent = program
    .command('consent')
    .summary('list and revoke what modules were allowed')
    .description('Lists what was agreed to with "gauntlet run --consent", and takes it back.')
    .addHelpText('after', CONSENT_HELP)
  const FILE = ['--consent <file>', 'the file in which consents are kept'] as const
  consent
    .command('list')
    .description('Lists every decision, the oldest first.')
    .requiredOption(...FILE)
    .option('--json', 'print them as JSON')
    .action(async (options) => {
      const { listConsents } = await import('./consent.ts')
      await listConsents(options, process.stdout)
    })
  consent
    .command('revoke')
    .description('Takes decisions back; the module is asked about again.')
    .argument('<module>', "the module's name, or the beginning of its SHA-256")
    .requiredOption(...FILE)
    .action(async (which, options) => {
      const { revokeConsents } = await import('./consent.ts')
      await revokeConsents(which, options, process.stdout)
    })
}

function addSigning(program: Command, end: (code: number) => void): void {
  program
    .command('keygen')
    .summary('make a key pair for signing modules')
    .description('Makes an Ed25519 key pair: NAME.secret.key, which only you can read, and NAME.public.key.')
    .argument('<name>', 'name of the files, and of the key')
    .option('-o, --out <folder>', 'where to put them', '.')
    .option('--force', 'replace keys that are there; what was signed with them stays signed')
    .addHelpText('after', KEYGEN_HELP)
    .action(async (name, options) => {
      const { keygen } = await import('./keygen.ts')
      await keygen(name, options, process.stdout)
    })
  program
    .command('sign')
    .summary('sign a module')
    .description('Adds a signature over all of the module to those that it has. What runs is not changed.')
    .argument('<module>', 'a .wasm file, or a .wat file, which is assembled first')
    .requiredOption('-k, --key <file>', 'your secret key')
    .requiredOption('-o, --out <file>', 'the signed module; may be the module itself')
    .option('--detached', 'write the signature alone, for a module that must stay as it is')
    .addHelpText('after', SIGN_HELP)
    .action(async (path, options) => {
      const { sign } = await import('./sign.ts')
      await sign(path, options, process.stdout)
    })
  program
    .command('verify')
    .summary('check who has signed a module')
    .description('Checks that all of a module is signed by enough of the keys that you trust. Runs nothing.')
    .argument('<module>', 'a .wasm file')
    .option('-k, --key <file>', 'a public key that counts; repeatable', repeatable)
    .option('--required <number>', 'how many of the keys must have signed it (default: all of them)')
    .option('--policy <file>', 'a policy that says which signatures it requires, instead of --key')
    .option('--signature <file>', 'a signature that is not in the module')
    .option('--json', 'print it as JSON')
    .addHelpText('after', VERIFY_HELP)
    .action(async (path, options) => {
      const { verify } = await import('./verify.ts')
      end(await verify(path, options, process.stdout))
    })
}

function addAttest(program: Command, end: (code: number) => void): void {
  const attest = program
    .command('attest')
    .summary('sign the reports of a run, and check such a signature')
    .description('Signs what a run has found as an in-toto attestation, and checks one together with the files that it is about.')
    .addHelpText('after', ATTEST_HELP)
  attest
    .command('sign')
    .description('Writes attestation.intoto.json into the directory of a run, or adds a signature to the one that is there.')
    .argument('<run>', 'directory of a run')
    .requiredOption('-k, --key <file>', 'your secret key')
    .action(async (directory, options) => {
      const { attest } = await import('./attest.ts')
      await attest(directory, options, process.stdout)
    })
  attest
    .command('verify')
    .description('Checks the signatures, the digest of every file, and that what is claimed follows from report.json.')
    .argument('<run>', 'directory of a run')
    .option('-k, --key <file>', 'a public key that counts; repeatable', repeatable)
    .option('--required <number>', 'how many of the keys must have signed it (default: all of them)')
    .option('--policy <file>', 'a policy that says whose signatures count, instead of --key')
    .option('--json', 'print it as JSON, with the whole statement')
    .action(async (directory, options) => {
      const { verifyAttestation } = await import('./attest.ts')
      end(await verifyAttestation(directory, options, process.stdout))
    })
}

function addThreats(program: Command, end: (code: number) => void): void {
  const threats = program
    .command('threats')
    .summary('look things up in the threat model, check it, export it')
    .description('Shows the threats with what answers and attacks them, checks the threat model and overlays, and exports it.')
    .addHelpText('after', THREATS_HELP)
  const list = async (id: string | undefined, options: ThreatsOptions): Promise<void> => {
    const { threats } = await import('./threats.ts')
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
      const { lintThreats } = await import('./threats-lint.ts')
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
      const { coverage } = await import('./threats-coverage.ts')
      await coverage(options, process.stdout)
    })
  threats
    .command('export')
    .description('Writes the threat model for another tool.')
    .requiredOption('--format <format>', 'owasp-tml (OWASP Threat Model Library 1.0.2), threat-dragon (v2) or otm (0.2.0)')
    .option('-o, --out <file>', 'where to write it (default: standard output)')
    .option(...OVERLAY)
    .action(async (options) => {
      const { exportThreats } = await import('./threats-export.ts')
      await exportThreats(options, process.stdout)
    })
}

function addReplay(program: Command, end: (code: number) => void): void {
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
      const { replay } = await import('./replay.ts')
      end(await interruptible((interruption) => replay(attacks, options, process.stdout, interruption)))
    })
}

/** @param typed the command as it was typed, for the pages */
function addCompare(program: Command, typed: string, end: (code: number) => void): void {
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
      const { compare } = await import('./compare.ts')
      const streams = { output: process.stdout, notes: process.stderr }
      end(await interruptible(({ signal }) => compare(targets, options, typed, streams, signal)))
    })
}

function addGenerate(program: Command, end: (code: number) => void): void {
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
      const { generate } = await import('./generate.ts')
      end(await interruptible((interruption) => generate(name, options, process.stdout, interruption)))
    })
}

function addLower(program: Command): void {
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
      const { lower } = await import('./lower.ts')
      await lower(file, options, process.stdout)
    })
}

function addAccept(program: Command, end: (code: number) => void): void {
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
      const { accept } = await import('./accept.ts')
      end(await accept(finding, options, process.stdout))
    })
}

function addEngines(program: Command, typed: string, end: (code: number) => void): void {
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
      const { engines } = await import('./engines.ts')
      const streams = { output: process.stdout, notes: process.stderr }
      end(await interruptible(({ signal }) => engines(options, typed, streams, signal)))
    })
}

/** @param typed the command as it was typed, for the report */
function addFuzz(program: Command, typed: string, end: (code: number) => void): void {
  program
    .command('fuzz')
    .summary('attack a sandbox and write a report')
    .description(
      'Runs the corpus, the weakenings, the properties, the generators and the coverage-guided fuzzers, and writes reports.',
    )
    .option('--budget <time>', 'time for the whole run, such as 2m or 1h', '5m')
    .option('--seed <number>', 'seed of everything random (default: a new one, which the report names)')
    .option(
      '--target <name|file>',
      'name of a host (docs/targets.md), or the file of an adapter; repeatable (default: jail and inline, and bare as a check of the harness)',
      repeatable,
    )
    .option(...OVERLAY)
    .option('--reports <folder>', 'folder for the reports', 'reports')
    .option('--shard <i/n>', 'the i-th of n parts of the work, for several machines; join their reports with "gauntlet merge"')
    .option('--corpora <folder>', 'where coverage-guided targets keep the inputs that they gather (default: ".cache/fuzz")')
    .option('--fail-on <findings>', '"any", or "new" to fail only on findings that the earlier run had not left open', 'any')
    .option('--against <run>', 'the earlier run to compare with (default: the last complete one of the same targets)')
    .option('--no-weakenings', 'leave out the deliberate defects that prove the attacks')
    .option('--attest-key <file>', 'secret key ("gauntlet keygen") that signs the reports when they are written')
    .option('--json', 'print the verdict, the findings and the paths of the reports as JSON')
    .addHelpText('after', FUZZ_HELP)
    .action(async (options) => {
      const { fuzz } = await import('./fuzz.ts')
      const streams = { output: process.stdout, notes: process.stderr }
      end(await interruptible(({ signal }) => fuzz(options, typed, streams, signal)))
    })
}

/** @param typed the command as it was typed, for the record */
function addProve(program: Command, typed: string, end: (code: number) => void): void {
  program
    .command('prove')
    .summary('plant defects and see that the attacks find them')
    .description(
      'Plants deliberate defects into copies of the sources, one at a time, and says which attack or property finds each.',
    )
    .option('--only <id>', 'only this weakening, or those that fit, such as "guest-memory-*"; repeatable', repeatable)
    .option('--threat <id>', 'only weakenings about this threat; repeatable', repeatable)
    .option('--budget <time>', 'plant no more after this time, such as 30m (default: all the time that it takes)')
    .option('--seed <number>', 'seed of the properties, and of the order if there is a budget (default: a new one; the day)')
    .option('--reports <folder>', 'folder for prove.json and prove.md', 'reports')
    .option('--json', 'print the record as JSON')
    .addHelpText('after', PROVE_HELP)
    .action(async (options) => {
      const { prove } = await import('./prove.ts')
      const streams = { output: process.stdout, notes: process.stderr }
      end(await interruptible(({ signal }) => prove(options, typed, streams, signal)))
    })
}

/** @param typed the command as it was typed, for the report */
function addMerge(program: Command, typed: string, end: (code: number) => void): void {
  program
    .command('merge')
    .summary('join the reports of several machines')
    .description('Joins runs of one state of the project into one report, with the files of their findings and their inputs.')
    .argument('<run...>', "directories of runs, such as those of all shards of a run's work")
    .requiredOption('-o, --out <folder>', 'a new folder for the joined report')
    .option('--history <folder>', 'folder of the reports of earlier nights, to compare with and to remember this one in')
    .option(...OVERLAY)
    .addHelpText('after', MERGE_HELP)
    .action(async (runs, options) => {
      const { merge } = await import('./merge.ts')
      const streams = { output: process.stdout, notes: process.stderr }
      end(await interruptible(({ signal }) => merge(runs, options, typed, streams, signal)))
    })
}

function addReport(program: Command, end: (code: number) => void): void {
  const report = program
    .command('report')
    .summary('list runs, compare two of them, write their files again')
    .description(
      'Lists the runs of a folder; says what is new, fixed, still there or no longer tested between two; writes the files of one again.',
    )
    .addHelpText('after', REPORT_HELP)
  report
    .command('list')
    .description('Lists the runs of a folder, newest first.')
    .argument('[folder]', 'folder of the reports', 'reports')
    .option('--json', 'print them as JSON')
    .action(async (folder, options) => {
      const { listReports } = await import('./report.ts')
      await listReports(folder, options, process.stdout, process.stderr)
    })
  report
    .command('diff')
    .description('Compares two runs.')
    .argument('<from>', 'the earlier run: its name, its directory, or its report.json')
    .argument('<to>', 'the later one')
    .option('--reports <folder>', 'folder of the reports in which names are looked up', 'reports')
    .option('--json', 'print all of it as JSON')
    .action(async (from, to, options) => {
      const { diffReports } = await import('./report.ts')
      end(await diffReports(from, to, options, process.stdout))
    })
  report
    .command('write')
    .description('Makes the files of a run again from its report.json, in all formats or in some.')
    .argument('<run>', 'the run: its name, its directory, or its report.json')
    .option('--format <name>', 'only this format, such as sarif, junit or csv; repeatable (default: all)', repeatable)
    .option('-o, --out <folder>', "where to write them (default: the run's directory)")
    .option('--reports <folder>', 'folder of the reports in which names are looked up', 'reports')
    .action(async (run, options) => {
      const { writeReport } = await import('./report-write.ts')
      await writeReport(run, options, process.stdout)
    })
  report
    .command('pdf')
    .description('Prints the report of a run as a PDF, with a Chromium of this machine and the package playwright-core.')
    .argument('<run>', 'the run: its name, its directory, or its report.json')
    .option('-o, --out <file>', "where to write it (default: report.pdf in the run's directory)")
    .option('--chromium <program>', 'Chromium, Chrome or Edge (default: $CHROMIUM, or one in the usual places)')
    .option('--reports <folder>', 'folder of the reports in which names are looked up', 'reports')
    .action(async (run, options) => {
      const { pdfReport } = await import('./report-pdf.ts')
      await pdfReport(run, options, process.stdout)
    })
}

function addInit(program: Command): void {
  program
    .command('init')
    .summary('write workflows for a run every night')
    .description(
      'Writes what a run every night needs: a workflow for GitHub Actions, one for GitLab CI, an overlay for your own host.',
    )
    .option('--github', '.github/workflows/gauntlet-nightly.yml (default if nothing is named)')
    .option('--gitlab', '.gitlab/gauntlet.yml, to be included in .gitlab-ci.yml')
    .option('--overlay', 'gauntlet-overlay.yaml: threats, controls and accepted risks of your own host')
    .option('--target <name|file>', 'host that the nightly run attacks (default: our own sandbox)')
    .option('--shards <number>', 'machines that share the run, on GitHub', '1')
    .option('--budget <time>', 'time for the nightly run', '1h')
    .option('--into <folder>', 'root of the repository', '.')
    .option('--force', 'replace files that are there')
    .addHelpText('after', INIT_HELP)
    .action(async (options) => {
      const { init } = await import('./init.ts')
      await init(options, process.stdout)
    })
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
