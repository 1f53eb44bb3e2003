import { nothingTouched, proposedGreen, type Scenario } from './scenario.js';

/**
 * A colleague proposes a change. It is tested, scanned and built, and what it would change is shown on the pull
 * request; nothing is pushed, applied or deployed.
 */
export const pullRequest: Scenario = {
  name: 'pull-request',
  title: 'A pull request: tests, findings, plans and differences as comments, and nothing touched',
  message: 'Give the app more room',
  proposal: { number: 7, branch: 'more-room', fork: undefined },
  edits: [
    {
      file: 'deploy/base/kustomization.yaml',
      change: (before) =>
        before.replace(
          /^( +- )LOG_LEVEL=\w+$/m,
          (line, dash) => `${line}\n${dash}PHOTO_APP_MAX_UPLOAD_BYTES=20000000`,
        ),
    },
    {
      file: 'infra/local/main.tf',
      change: (before) => before.replace(/("services\.loadbalancers" = )"1"/, '$1"2"'),
    },
  ],
  afterRelease: true,
  secrets: {},
  results: proposedGreen,
  assertions: [
    ...nothingTouched,
    { kind: 'commented', marker: 'test-runner:test-results', words: ['Tests: passed', 'Coverage'] },
    { kind: 'commented', marker: 'security-scan', words: [] },
    { kind: 'commented', marker: 'terraform', words: ['staging'] },
    { kind: 'commented', marker: 'terraform', words: ['production'] },
    { kind: 'commented', marker: 'k8s-deploy', words: ['staging', 'PHOTO_APP_MAX_UPLOAD_BYTES'] },
    { kind: 'commented', marker: 'k8s-deploy', words: ['production', 'PHOTO_APP_MAX_UPLOAD_BYTES'] },
    { kind: 'checked', name: 'test-results', conclusion: 'success' },
  ],
};
