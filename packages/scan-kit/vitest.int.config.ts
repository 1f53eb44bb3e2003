import { defineConfig } from 'vitest/config';

// Needs osv-scanner, which is built where it is not there; `npm test` leaves these out.
export default defineConfig({
  test: { include: ['test/**/*.int.test.ts'], setupFiles: ['test/quiet.ts'], testTimeout: 120_000 },
});
