// Commands about runs and their reports: fuzz, merge, prove, report, init.
import type { Command } from 'commander'
import { FUZZ_HELP, INIT_HELP, MERGE_HELP, PROVE_HELP, REPORT_HELP } from '../help.ts'
import { interruptible } from '../interrupt.ts'
import { OVERLAY, repeatable } from './options.ts'

/** @param typed the command as it was typed, for the report */
export function addFuzz(program: Command, typed: string, end: (code: number) => void): void {
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
      const { fuzz } = await import('../fuzz.ts')
      const streams = { output: process.stdout, notes: process.stderr }
      end(await interruptible(({ signal }) => fuzz(options, typed, streams, signal)))
    })
}

/** @param typed the command as it was typed, for the report */
export function addMerge(program: Command, typed: string, end: (code: number) => void): void {
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
      const { merge } = await import('../merge.ts')
      const streams = { output: process.stdout, notes: process.stderr }
      end(await interruptible(({ signal }) => merge(runs, options, typed, streams, signal)))
    })
}

/** @param typed the command as it was typed, for the record */
export function addProve(program: Command, typed: string, end: (code: number) => void): void {
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
      const { prove } = await import('../prove.ts')
      const streams = { output: process.stdout, notes: process.stderr }
      end(await interruptible(({ signal }) => prove(options, typed, streams, signal)))
    })
}

export function addReport(program: Command, end: (code: number) => void): void {
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
      const { listReports } = await import('../report.ts')
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
      const { diffReports } = await import('../report.ts')
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
      const { writeReport } = await import('../report-write.ts')
      end(await interruptible((interruption) => writeReport(run, options, process.stdout, interruption)))
    })
  report
    .command('pdf')
    .description('Prints the report of a run as a PDF, with a Chromium of this machine and the package playwright-core.')
    .argument('<run>', 'the run: its name, its directory, or its report.json')
    .option('-o, --out <file>', "where to write it (default: report.pdf in the run's directory)")
    .option('--chromium <program>', 'Chromium, Chrome or Edge (default: $CHROMIUM, or one in the usual places)')
    .option('--reports <folder>', 'folder of the reports in which names are looked up', 'reports')
    .action(async (run, options) => {
      const { pdfReport } = await import('../report-pdf.ts')
      await pdfReport(run, options, process.stdout)
    })
}

export function addInit(program: Command): void {
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
      const { init } = await import('../init.ts')
      await init(options, process.stdout)
    })
}
