import { defineConfig } from 'vitest/config';

// Needs Alertmanager, which is unpacked where it is not there; `npm test` leaves these out.
export default defineConfig({ test: { include: ['test/**/*.int.test.ts'] } });
