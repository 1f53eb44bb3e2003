import { allGreen, type Scenario } from './scenario.js';

/**
 * A setting that the app refuses at its start, as it happens: the tests are green, for they do not read it. Staging
 * goes back to what ran, production never hears of it.
 */
export const crashLoop: Scenario = {
  name: 'crash-loop',
  title: 'The release dies at its start: staging goes back, production is untouched',
  message: 'Take larger photos',
  edits: [
    {
      file: 'deploy/base/kustomization.yaml',
      change: (before) =>
        before.replace(
          /^( +- )LOG_LEVEL=\w+$/m,
          (line, dash) => `${line}\n${dash}PHOTO_APP_MAX_UPLOAD_BYTES=20MB`,
        ),
    },
  ],
  afterRelease: true,
  secrets: {},
  results: {
    ...allGreen,
    Staging: 'failure',
    'Infrastructure (production)': 'skipped',
    Production: 'skipped',
  },
  assertions: [
    { kind: 'runs-what-ran-before', environment: 'staging' },
    { kind: 'serves-throughout', environment: 'staging' },
    { kind: 'keeps-photos', environment: 'staging' },
    { kind: 'untouched', environment: 'production' },
    { kind: 'says', stage: 'Staging', words: ['PHOTO_APP_MAX_UPLOAD_BYTES'] },
    { kind: 'gives-up-before', stage: 'Staging', seconds: 240 }, // the rollout's own time limit is 600
    { kind: 'told', path: '/slack', words: ['photo-app'], answered: 200 },
    { kind: 'told', path: '/webhook', words: ['"status":"failure"'], answered: 200 },
    { kind: 'alert', open: true },
  ],
};
