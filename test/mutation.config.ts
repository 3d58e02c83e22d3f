// The tests that mutants of the boundary meet (stryker.config.mjs): those that call it in their own process, since a mutant is active in no other one, and
// that are done in a moment, since each runs hundreds of times.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'test/sandbox/host/{guest-memory,guest-text,gate,link}.test.ts',
      'test/sandbox/host/fs/resolve.test.ts',
      'test/sandbox/admission/*.test.ts',
      'test/sandbox/inspect.test.ts',
      'test/sandbox/isolation/inline.test.ts',
      'test/sandbox/broker/directory/*.test.ts',
      'test/sandbox/broker/net/{addresses,host-names,http,redirects}.test.ts',
      'test/sandbox/policy/{net-patterns,pattern-cover}.test.ts',
    ],
    pool: 'forks',
    // As for all tests: Node loads the sources as they are, and so it does with mutants.
    experimental: { viteModuleRunner: false },
    testTimeout: 60_000,
  },
})
