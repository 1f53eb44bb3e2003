import { allGreen, type Scenario } from './scenario.js';

/**
 * A good change after a first release: in production it gets a share of the visitors first, and what Prometheus counts of
 * them promotes it.
 */
export const canary: Scenario = {
  name: 'canary',
  title: 'A good change is tried on some of the visitors, and promoted by what Prometheus counts',
  message: 'Round the corners of photos',
  edits: [
    {
      file: 'public/style.css',
      change: (before) => `${before.trimEnd()}\n\nimg {\n  border-radius: 6px;\n}\n`,
    },
  ],
  afterRelease: true,
  secrets: {},
  results: allGreen,
  assertions: [
    { kind: 'image-signed' },
    { kind: 'runs-this-push', environment: 'staging' },
    { kind: 'runs-this-push', environment: 'production' },
    { kind: 'tried', environment: 'production', outcome: 'promoted' },
    { kind: 'recorded', environment: 'production', states: ['good'] },
    { kind: 'serves-throughout', environment: 'staging' },
    { kind: 'serves-throughout', environment: 'production' },
    { kind: 'keeps-photos', environment: 'production' },
    { kind: 'says', stage: 'Production', words: ['Canary at 33 %', 'errors'] },
    { kind: 'told', path: '/webhook', words: ['"status":"success"'], answered: 200 },
    { kind: 'alert', open: false },
  ],
};
