// Mutation testing of the boundary: every small change of these files that no test notices is a hole in the tests. `npm run mutation`; the run
// report shows the last score. Not TypeScript: Stryker reads its configuration with the Node that runs it.

/** The code that decides what a guest may reach, and nothing else: a mutant elsewhere costs as much time and says less. */
const BOUNDARY = [
  'src/sandbox/host/guest-memory.ts',
  'src/sandbox/host/guest-text.ts',
  'src/sandbox/host/gate.ts',
  'src/sandbox/host/link.ts',
  'src/sandbox/admission/*.ts',
  'src/sandbox/broker/net/address-blocks.ts',
  'src/sandbox/broker/net/addresses.ts',
  'src/sandbox/broker/net/decisions.ts',
  'src/sandbox/broker/net/host-names.ts',
  'src/sandbox/broker/net/http-rules.ts',
  'src/sandbox/policy/net-patterns.ts',
  'src/sandbox/policy/pattern-cover.ts',
  'src/sandbox/host/fs/resolve.ts',
  'src/sandbox/broker/directory/paths.ts',
  'src/sandbox/broker/directory/walk.ts',
]

export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  mutate: BOUNDARY,
  // A list of its own: what `related` finds includes tests that run guests in other processes, in which no mutant is active.
  vitest: { configFile: 'test/mutation.config.ts', related: false },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutMS: 10_000,
  // The text of a message is not the boundary: what is decided is.
  mutator: { excludedMutations: ['StringLiteral'] },
  // A copy of the project for each worker; what no test reads is left out.
  tempDirName: '.cache/stryker/copies',
  ignorePatterns: ['/.cache', '/bench', '/build', '/coverage', '/dist', '/docs', '/examples', '/reports', '/fuzz'],
  incremental: true,
  incrementalFile: '.cache/stryker/incremental.json',
  reporters: ['clear-text', 'json', 'progress-append-only'],
  clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
  jsonReporter: { fileName: '.cache/stryker/mutation.json' },
  // Stryker asks the TypeScript package for an interface that version 7 does not have; with no such file it does not ask.
  tsconfigFile: 'none.json',
  allowEmpty: false,
}
