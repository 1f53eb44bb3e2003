import { defineConfig } from 'vitest/config';

// JUnit and coverage are written on every run, so that the pipeline and a laptop read the same files.
// No coverage threshold here: a shard sees a part of the tests only, and the pipeline joins the parts.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    // Long enough for a busy machine: what is waited for either comes or never does.
    expect: { poll: { timeout: 10_000 } },
    reporters: ['default', ['junit', { addFileAttribute: true }]],
    // Here and not among the reporter's own options, which --outputFile of a pipeline could not override.
    outputFile: { junit: 'reports/junit.xml' },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      // Runs in a process of its own, which the shutdown tests start and stop.
      exclude: ['src/main.ts'],
      reportsDirectory: 'coverage',
      reporter: ['text-summary', 'lcov', 'cobertura'],
    },
  },
});
