// What speaks against a claim about the environment of a pull request; undefined when nothing does. All pure.
import type { PreviewAssertion } from '../scenarios/preview-life.js';
import type { Verdict } from './judge.js';
import { consumerSlug } from './observation.js';
import type { ChapterSeen } from './preview-course.js';

/** What a claim about a pull request's life is held against. */
export interface LifeSeen {
  readonly proposal: number | undefined;
  readonly chapters: readonly ChapterSeen[];
}

/** Holds an assertion about one of the chapters against what was seen then. */
export function judgePreview(assertion: PreviewAssertion, seen: LifeSeen): Verdict {
  const { after } = assertion;
  const chapter = seen.chapters.find(({ event }) => event === after);
  const number = seen.proposal ?? 0;
  const instead = (find: (chapter: ChapterSeen) => string | undefined) =>
    chapter === undefined ? 'no such run' : find(chapter);
  switch (assertion.kind) {
    case 'preview-runs':
      return {
        claim: `after '${after}' the pull request's own namespace runs the image that was built for it`,
        instead: instead((found) => notRunning(found, number)),
      };
    case 'preview-answers':
      return {
        claim: `after '${after}' its host answers with this version (${assertion.words.join(', ')})`,
        instead: instead(({ answer }) =>
          assertion.words.every((word) => answer.includes(word))
            ? undefined
            : answer.slice(-300) || 'nobody asked',
        ),
      };
    case 'preview-told':
      return {
        claim: `after '${after}' its one comment says ${assertion.words.join(', ')}, and its deployment is ${assertion.deployment}`,
        instead: instead((found) => notTold(found, number, assertion)),
      };
    case 'preview-gone':
      return {
        claim: `after '${after}' the namespace is gone with all that was in it`,
        instead: instead(
          ({ preview }) => preview && `${preview.namespace} is there, with ${preview.pods.length} pods`,
        ),
      };
  }
}

function notRunning({ digest, preview }: ChapterSeen, number: number): string | undefined {
  if (digest === '') return 'the run built no image, or the registry has it not among those of previews';
  if (preview === undefined) return 'there is no namespace';
  if (preview.pullRequest !== String(number) || preview.repository !== consumerSlug)
    return `${preview.namespace} is marked as of '${preview.pullRequest}' of '${preview.repository}'`;
  if (preview.releases.at(-1)?.state !== 'good')
    return `its last release is recorded as ${preview.releases.at(-1)?.state ?? 'nothing'}`;
  if (!preview.pods.some(({ ready }) => ready)) return 'no pod is ready';
  const others = preview.pods.filter(({ asked }) => asked !== digest);
  return others.length === 0 ? undefined : others.map((pod) => `${pod.name} runs ${pod.asked}`).join('; ');
}

function notTold(
  { commit, written }: ChapterSeen,
  number: number,
  { words, deployment: state }: Extract<PreviewAssertion, { kind: 'preview-told' }>,
): string | undefined {
  const comments = written.comments.filter(
    ({ issue, body }) => issue === number && body.includes('<!-- fairway:k8s-preview:'),
  );
  const [comment] = comments;
  if (comment === undefined || comments.length > 1) return `there are ${comments.length} comments`;
  if (!words.every((word) => comment.body.includes(word))) return `it says: ${comment.body.slice(0, 400)}`;
  const own = written.deployments.filter(({ environment }) => environment === `preview-pr-${number}`);
  const newest = own.at(-1);
  if (newest === undefined) return 'there is no deployment';
  if (newest.sha !== commit) return `the newest deployment is of ${newest.sha}, and not of ${commit}`;
  const meant = state === 'inactive' ? own : [newest];
  const others = meant.filter((deployment) => deployment.state !== state);
  return others.length === 0 ? undefined : `deployments: ${own.map((one) => one.state).join(', ')}`;
}
