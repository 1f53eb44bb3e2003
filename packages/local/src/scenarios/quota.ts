import { allGreen, type Scenario } from './scenario.js';

/** A change asks for more CPU than the environment's quota has left: the pods are refused, and staging goes back. */
export const quota: Scenario = {
  name: 'quota',
  title: 'The change asks for more than the quota allows: staging says so, and serves on',
  message: 'Give the app a core and a half',
  edits: [
    {
      file: 'deploy/base/deployment.yaml',
      change: (before) => before.replace('cpu: 50m', 'cpu: 1500m').replace('cpu: "1"', 'cpu: "2"'),
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
    { kind: 'recorded', environment: 'staging', states: ['failed'] },
    { kind: 'serves-throughout', environment: 'staging' },
    { kind: 'untouched', environment: 'production' },
    { kind: 'says', stage: 'Staging', words: ['quota', 'requests.cpu'] },
    { kind: 'gives-up-before', stage: 'Staging', seconds: 240 }, // the rollout's own time limit is 600
    { kind: 'told', path: '/webhook', words: ['"status":"failure"'], answered: 200 },
    { kind: 'alert', open: true },
  ],
};
