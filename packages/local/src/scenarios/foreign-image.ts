import { allGreen, type Scenario } from './scenario.js';

/**
 * The image was signed with another key than the one that deployments trust, as one that was built elsewhere would
 * be: it is refused before anything is deployed, in both environments.
 */
export const foreignImage: Scenario = {
  name: 'foreign-image',
  title: 'The image is signed with a key that nobody trusts: nothing is deployed',
  message: 'Name the camera',
  edits: [
    { file: 'README.md', change: (before) => `${before.trimEnd()}\n\nEvery photo names its camera.\n` },
  ],
  afterRelease: true,
  secrets: {},
  variables: { FAIRWAY_VERIFY_KEY: 'key:foreign' },
  results: {
    ...allGreen,
    Staging: 'failure',
    'Infrastructure (production)': 'skipped',
    Production: 'skipped',
  },
  assertions: [
    { kind: 'image-signed' }, // with the pipeline's own key: it is a good signature that is refused
    { kind: 'untouched', environment: 'staging' },
    { kind: 'untouched', environment: 'production' },
    { kind: 'says', stage: 'Staging', words: ['it was made with another key'] },
    { kind: 'told', path: '/slack', words: ['photo-app'], answered: 200 },
    { kind: 'told', path: '/webhook', words: ['"status":"failure"'], answered: 200 },
    { kind: 'alert', open: true },
  ],
};
