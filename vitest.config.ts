import { defineConfig } from 'vitest/config'

// Sources run on Node's own type stripping, not through Vite's transform: positions stay true, so c8 reads V8's coverage as it is,
// and worker threads and child processes load exactly the files that the tests load.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['./test/coverage-setup.ts'],
    // Reports of the gauntlet name the tests that bear on a threat; see src/campaign/elsewhere/tests.ts.
    reporters: ['default', './test/evidence-reporter.ts'],
    pool: 'forks',
    experimental: { viteModuleRunner: false },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
