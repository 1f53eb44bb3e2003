import { COMMENT_CHARACTERS, context, fitSections, info, md } from '@fairway/action-kit';
import { createCheck, openGitHub, unlessDenied, upsertComment } from '@fairway/github-kit';
import { type Story, sectionsOf } from '@fairway/reports';
import { nameOf } from './announce.js';
import type { Inputs } from './inputs.js';
import type { Verdict } from './judge.js';
import type { Subject } from './subject.js';

/** GitHub counts characters and `fitSections` bytes, which are never fewer. Some are left for the marker. */
const LIMIT = COMMENT_CHARACTERS - 500;

/** One comment on the pull request, kept up to date. It needs `pull-requests: write`; without, a notice says so. */
export async function comment(inputs: Inputs, story: Story, { pull }: Subject): Promise<void> {
  const { owner, repo } = context();
  if (!pull) return;
  const { text } = fitSections([...sectionsOf(story), footer(story)], LIMIT);
  await unlessDenied('The comment with the test results', 'pull-requests: write', async () => {
    const issue = { owner, repo, number: pull.number };
    const { url } = await upsertComment(
      openGitHub(inputs.token),
      issue,
      `test-runner:${inputs.artifactName}`,
      text,
    );
    info(`Comment: ${url}`);
  });
}

/** A check run with an annotation for every red test. It needs `checks: write`; without, a notice says so. */
export async function check(
  inputs: Inputs,
  story: Story,
  verdict: Verdict,
  { sha, runUrl }: Subject,
): Promise<void> {
  const { owner, repo } = context();
  const { text } = fitSections(sectionsOf(story), LIMIT);
  const { totals } = story.whole.results;
  await unlessDenied('The check run with the test results', 'checks: write', async () => {
    const { url } = await createCheck(openGitHub(inputs.token), {
      owner,
      repo,
      headSha: sha,
      name: inputs.artifactName,
      conclusion: verdict.result === 'passed' ? 'success' : 'failure',
      title: `${totals.tests} tests, ${verdict.red.length} red, ${totals.flaky} flaky`,
      summary: text,
      detailsUrl: runUrl,
      annotations: annotations(verdict),
    });
    info(`Check run: ${url}`);
  });
}

function annotations(verdict: Verdict) {
  return verdict.red.flatMap((test) => {
    const location = test.failure?.location;
    if (!location) return [];
    const { message = '', details = '' } = test.failure ?? {};
    return [
      {
        path: location.file,
        startLine: location.line,
        endLine: location.line,
        level: 'failure' as const,
        title: nameOf(test),
        message: [message, details.startsWith(message) ? details.slice(message.length) : details]
          .join('\n')
          .trim(),
      },
    ];
  });
}

function footer(story: Story) {
  const { command } = story.whole;
  const again = command === '' ? '' : ` · on your machine: ${md.code(command)}`;
  return { title: 'the footer', priority: 90, body: `${md.link('The whole run', story.runUrl)}${again}` };
}
