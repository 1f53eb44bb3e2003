import { allGreen, type Scenario } from './scenario.js';

/**
 * A version that answers, and after its first visitors answers some of them with an error, as one does that never gives
 * its connections back. Tests and probes see nothing of it. Production tries it on some of the visitors, and takes it away.
 */
export const badMetrics: Scenario = {
  name: 'bad-metrics',
  title:
    'The new version serves errors: the canary is stopped by what Prometheus counts, the stable version serves on',
  message: 'Keep connections for the gallery',
  edits: [
    {
      file: 'src/gallery.ts',
      change: (before) =>
        before
          .replace(/^( +)readonly #catalogue: Catalogue;$/m, (line, indent) => `${line}\n${indent}#free = 8;`)
          .replace(/^( +)return this\.#catalogue\.list\(page\);$/m, (line, indent) =>
            [
              `${indent}this.#free -= 1;`,
              `${indent}if (this.#free < 0 && this.#free % 2 === 0) throw new Error('no connection is free');`,
              line,
            ].join('\n'),
          ),
    },
  ],
  afterRelease: true,
  secrets: {},
  results: { ...allGreen, Production: 'failure' },
  assertions: [
    { kind: 'image-signed' },
    { kind: 'runs-this-push', environment: 'staging' }, // nobody measures there
    { kind: 'tried', environment: 'production', outcome: 'stopped' },
    { kind: 'untouched', environment: 'production' },
    { kind: 'recorded', environment: 'production', states: ['failed'] },
    { kind: 'keeps-photos', environment: 'production' },
    { kind: 'says', stage: 'Production', words: ['Canary at 33 %: errors'] },
    { kind: 'told', path: '/slack', words: ['photo-app'], answered: 200 },
    { kind: 'told', path: '/webhook', words: ['"status":"failure"'], answered: 200 },
    { kind: 'alert', open: true },
  ],
};
