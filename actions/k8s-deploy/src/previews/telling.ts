import { md } from '@fairway/action-kit';
import { softly } from '../github.js';
import type { Inputs } from '../inputs.js';
import type { Site } from '../site.js';
import { namespaceFor } from './ownership.js';

/** The GitHub environment of a pull request. */
export function environmentFor({ environment }: Pick<Inputs, 'environment'>, number: number): string {
  return `${environment || 'preview'}-pr-${number}`;
}

/** What the comment on the pull request says. Nothing in it is the author's but the commit's digits. */
export type News =
  | { readonly state: 'ready'; readonly commit: string; readonly url: string; readonly until: Date }
  | { readonly state: 'failed'; readonly commit: string; readonly reason: string }
  | { readonly state: 'removed'; readonly why: 'closed' | 'expired' };

/** Pure. */
export function commentText(news: News, release: string, number: number, runUrl: string): string {
  const namespace = namespaceFor(release, number);
  const run = md.link('run', runUrl);
  if (news.state === 'removed') {
    const why =
      news.why === 'closed' ? 'the pull request is closed' : 'its time is up; the next push makes it anew';
    return `${md.heading(3, `⚪ Preview of ${release}: removed`)}\n\n${md.text(why)} (${run})`;
  }
  const commit = md.code(news.commit.slice(0, 12));
  if (news.state === 'failed') {
    const head = md.heading(3, `🔴 Preview of ${release}: failed`);
    return `${head}\n\n${commit}: ${md.text(news.reason)} (${run})`;
  }
  const reach = `kubectl --namespace ${namespace} get services`;
  const facts = [
    ['Address', news.url === '' ? `none from outside; ${md.code(reach)}` : md.link(news.url, news.url)],
    ['Commit', commit],
    ['Namespace', md.code(namespace)],
    [
      'Kept',
      `until the pull request is closed, or ${news.until.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    ],
  ];
  return `${md.heading(3, `🟢 Preview of ${release}`)}\n\n${md.table(['', ''], facts)}\n\n${run}`;
}

/** Keeps the comment up to date; where that is not allowed, only a notice comes of it. */
export async function tellPullRequest(site: Site, number: number, news: News): Promise<void> {
  const { token, comment } = site.inputs;
  if (token === '' || !comment) return;
  const { owner, repo, runUrl } = site.run;
  const { openGitHub, upsertComment } = await import('@fairway/github-kit');
  const body = commentText(news, site.release, number, runUrl);
  const marker = `k8s-preview:${site.release}`;
  await softly('The comment with the preview’s address', 'pull-requests: write', () =>
    upsertComment(openGitHub(token), { owner, repo, number }, marker, body),
  );
}

/** Tells GitHub that nothing answers at the environment's address any more, and the pull request why. */
export async function tellRemoval(site: Site, number: number, why: 'closed' | 'expired'): Promise<void> {
  const { token } = site.inputs;
  const { owner, repo, runUrl } = site.run;
  await tellPullRequest(site, number, { state: 'removed', why });
  if (token === '') return;
  const { openGitHub, retireEnvironment } = await import('@fairway/github-kit');
  const environment = environmentFor(site.inputs, number);
  await softly('The end of the preview’s deployments', 'deployments: write', () =>
    retireEnvironment(openGitHub(token), { owner, repo, environment, logUrl: runUrl }),
  );
}
