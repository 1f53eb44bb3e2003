import { allGreen, type Scenario } from './scenario.js';

/** One place that is told answers 500: the others are told all the same, and the run says which was not. */
export const sinkDown: Scenario = {
  name: 'sink-down',
  title: 'A notification target answers 500: the others are told, and the run says so',
  message: 'Thank the photographers',
  edits: [{ file: 'README.md', change: (before) => `${before.trimEnd()}\n\nThank you for every photo.\n` }],
  afterRelease: true,
  secrets: { SLACK_WEBHOOK: 'inbox:/broken' },
  results: { ...allGreen, Notify: 'failure' },
  assertions: [
    { kind: 'runs-this-push', environment: 'production' },
    { kind: 'serves-throughout', environment: 'production' },
    { kind: 'told', path: '/broken', words: ['photo-app'], answered: 500 },
    { kind: 'told', path: '/webhook', words: ['"status":"success"'], answered: 200 },
    { kind: 'says', stage: 'Notify', words: ['500'] },
  ],
};
