import { type GitHubService, type Pull, startGitHub } from '@fairway/testing';
import { onTestFinished, vi } from 'vitest';
import { type GitHub, openGitHub } from '../src/index.ts';

export const SHA = 'a'.repeat(40);
export const REPOSITORY = { owner: 'acme', repo: 'photo-app' };
export const ISSUE = { ...REPOSITORY, number: 7 };

const pull: Pull = {
  number: 7,
  title: 'Add thumbnails',
  headRef: 'thumbs',
  headSha: SHA,
  baseRef: 'main',
  baseSha: 'b'.repeat(40),
};

/**
 * GitHub on loopback and a client of it, opened as an action does. When the test is over, what GitHub would have refused
 * fails it.
 */
export async function serve(
  options: Parameters<typeof startGitHub>[0] = {},
): Promise<{ service: GitHubService; github: GitHub }> {
  const service = await startGitHub({ pulls: [pull], refs: { main: SHA }, ...options });
  vi.stubEnv('GITHUB_API_URL', service.url);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await service.close();
  });
  return { service, github: openGitHub('ghs_token') };
}

/** What was sent, as `POST /path`. */
export function sent(service: GitHubService): string[] {
  return service.requests.map(({ method, path }) => `${method} ${path}`);
}
