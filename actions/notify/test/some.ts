import type { Notification } from '../src/notification.js';

/** A notification of a failed run, with what is given laid over it. */
export function someNotification(part: Partial<Notification> = {}): Notification {
  return {
    status: 'failure',
    title: 'acme/photo-app main',
    message: 'staging failed; production was skipped.',
    jobs: [
      { name: 'test', result: 'success' },
      { name: 'staging', result: 'failure' },
    ],
    repository: 'acme/photo-app',
    branch: 'main',
    commit: 'c'.repeat(40),
    commitUrl: `https://github.com/acme/photo-app/commit/${'c'.repeat(40)}`,
    actor: 'octocat',
    workflow: 'CI/CD',
    runId: 1000,
    runAttempt: 1,
    runUrl: 'https://github.com/acme/photo-app/actions/runs/1000',
    environment: 'staging',
    image: 'registry.example/photo-app@sha256:1234',
    url: 'https://staging.example',
    labels: { team: 'photos' },
    dedupKey: 'd'.repeat(32),
    at: new Date('2026-11-24T07:00:00.000Z'),
    ...part,
  };
}
