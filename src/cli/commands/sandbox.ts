// Commands about one module and the sandbox that it runs in: run, inspect, audit, consent.
import type { Command } from 'commander'
import { AUDIT_HELP, CONSENT_HELP, INSPECT_HELP, RUN_HELP } from '../help.ts'
import { interruptible } from '../interrupt.ts'
import { POLICY, repeatable } from './options.ts'

/** @param words program arguments from behind `--` */
export function addRun(program: Command, words: readonly string[], end: (code: number) => void): void {
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
      const { run } = await import('../run.ts')
      const asked = () => (process.stdin.isTTY && process.stderr.isTTY ? { input: process.stdin, output: process.stderr } : null)
      const streams = { input: () => process.stdin, output: process.stdout, notes: process.stderr, terminal: asked }
      end(await interruptible((interruption) => run(path, words, options, streams, interruption)))
    })
}

export function addInspect(program: Command, end: (code: number) => void): void {
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
      const { inspect } = await import('../inspect.ts')
      end(await inspect(path, options, process.stdout))
    })
}

export function addAudit(program: Command, end: (code: number) => void): void {
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
      const { verifyAudit } = await import('../audit.ts')
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
      const { showAudit } = await import('../audit.ts')
      await showAudit(paths, options, process.stdout, process.stderr)
    })
}

export function addConsent(program: Command): void {
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
      const { listConsents } = await import('../consent.ts')
      await listConsents(options, process.stdout)
    })
  consent
    .command('revoke')
    .description('Takes decisions back; the module is asked about again.')
    .argument('<module>', "the module's name, or the beginning of its SHA-256")
    .requiredOption(...FILE)
    .action(async (which, options) => {
      const { revokeConsents } = await import('../consent.ts')
      await revokeConsents(which, options, process.stdout)
    })
}
