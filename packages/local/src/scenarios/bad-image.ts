import { allGreen, type Scenario } from './scenario.js';

/**
 * The manifests name one more container, whose image was never pushed: the registry answers, and has it not. Staging is
 * told so within seconds and goes back; nobody waits for a time limit.
 */
export const badImage: Scenario = {
  name: 'bad-image',
  title: 'The manifests name an image that is not there: staging says so in seconds, and serves on',
  message: 'Pack answers in a container of their own',
  edits: [
    {
      file: 'deploy/base/deployment.yaml',
      change: (before, registry) =>
        before.replace(/^ {6}containers:$/m, (line) =>
          [
            line,
            '        - name: packer',
            `          image: ${registry}/packer@sha256:${'0'.repeat(64)}`,
            '          securityContext:',
            '            allowPrivilegeEscalation: false',
            '            readOnlyRootFilesystem: true',
            '            capabilities: { drop: [ALL] }',
          ].join('\n'),
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
    { kind: 'recorded', environment: 'staging', states: ['failed'] },
    { kind: 'serves-throughout', environment: 'staging' },
    { kind: 'untouched', environment: 'production' },
    { kind: 'says', stage: 'Staging', words: ['packer'] },
    { kind: 'gives-up-before', stage: 'Staging', seconds: 240 }, // the rollout's own time limit is 600
    { kind: 'told', path: '/webhook', words: ['"status":"failure"'], answered: 200 },
    { kind: 'alert', open: true },
  ],
};
