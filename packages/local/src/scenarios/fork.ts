import { nothingTouched, proposedGreen, type Scenario } from './scenario.js';

/**
 * A stranger proposes a change from a fork. Its run has a token that may only read and no secret, so whatever holds
 * credentials is left out; a second run, on the default branch, tells the result.
 */
export const fork: Scenario = {
  name: 'fork',
  title: 'A pull request from a fork: tested without any credentials, and told by a second run',
  message: 'Greet in Latin',
  proposal: { number: 8, branch: 'latin', fork: 'stranger/photo-app' },
  edits: [{ file: 'README.md', change: (before) => `${before.trimEnd()}\n\nSalve!\n` }],
  afterRelease: false,
  secrets: {},
  results: {
    ...proposedGreen,
    'Infrastructure (staging)': 'skipped',
    Staging: 'skipped',
    'Infrastructure (production)': 'skipped',
    Production: 'skipped',
  },
  assertions: [
    ...nothingTouched,
    { kind: 'writes-nothing' },
    { kind: 'commented', marker: 'test-runner:test-results', words: ['Tests: passed'] },
    { kind: 'checked', name: 'test-results', conclusion: 'success' },
  ],
};
