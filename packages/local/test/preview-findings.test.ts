import { describe, expect, it } from 'vitest';
import type { ChapterSeen } from '../src/flow/preview-course.ts';
import { judgePreview } from '../src/flow/preview-findings.ts';
import type { PreviewView } from '../src/flow/preview-view.ts';
import type { PreviewAssertion } from '../src/scenarios/preview-life.ts';

const digest = `sha256:${'1'.repeat(64)}`;
const older = `sha256:${'0'.repeat(64)}`;
const pod = { name: 'a', uid: 'u', ready: true, digest, asked: digest, templateHash: 't' };
const view: PreviewView = {
  namespace: 'photo-app-pr-9',
  pullRequest: '9',
  repository: 'acme/photo-app',
  clusterAddress: '10.0.0.1:80',
  pods: [pod],
  releases: [{ number: 1, state: 'good', reason: '', digest }],
};
const comment = { issue: 9, body: '<!-- fairway:k8s-preview:photo-app -->\nhttps://pr-9.example.com' };
const deployment = {
  environment: 'preview-pr-9',
  sha: 'c',
  state: 'success',
  url: 'https://pr-9.example.com',
};
const written = { comments: [comment], checks: [], scans: 0, deployments: [deployment] };
const chapter: ChapterSeen = {
  event: 'opened',
  commit: 'c',
  digest,
  preview: view,
  answer: 'body { background: #fff8e7 }',
  written,
};
const gone: ChapterSeen = {
  ...chapter,
  event: 'closed',
  preview: undefined,
  written: { ...written, deployments: [{ ...deployment, state: 'inactive' }] },
};

const runs: PreviewAssertion = { kind: 'preview-runs', after: 'opened' };
const answers: PreviewAssertion = { kind: 'preview-answers', after: 'opened', words: ['#fff8e7'] };
const told: PreviewAssertion = {
  kind: 'preview-told',
  after: 'opened',
  words: ['https://pr-9.example.com'],
  deployment: 'success',
};
const isGone: PreviewAssertion = { kind: 'preview-gone', after: 'closed' };
const toldOfEnd: PreviewAssertion = { ...told, after: 'closed', deployment: 'inactive' };

const instead = (assertion: PreviewAssertion, ...chapters: readonly ChapterSeen[]) =>
  judgePreview(assertion, { proposal: 9, chapters }).instead;

describe('judging the life of a preview', () => {
  it.each([runs, answers, told, isGone, toldOfEnd])('$kind after $after holds', (assertion) => {
    expect(instead(assertion, chapter, gone)).toBeUndefined();
  });

  const withView = (more: Partial<PreviewView>): ChapterSeen => ({
    ...chapter,
    preview: { ...view, ...more },
  });
  const withWritten = (more: Partial<ChapterSeen['written']>): ChapterSeen => ({
    ...chapter,
    written: { ...written, ...more },
  });
  const fails: readonly [string, PreviewAssertion, ChapterSeen, string][] = [
    ['no image among those of previews', runs, { ...chapter, digest: '' }, 'built no image'],
    ['no namespace', runs, { ...chapter, preview: undefined }, 'no namespace'],
    ['the mark of another pull request', runs, withView({ pullRequest: '8' }), "'8'"],
    ['the mark of another repository', runs, withView({ repository: 'x/y' }), "'x/y'"],
    ['a release that failed', runs, withView({ releases: [] }), 'recorded as nothing'],
    ['no ready pod', runs, withView({ pods: [{ ...pod, ready: false }] }), 'no pod is ready'],
    ['a pod of before', runs, withView({ pods: [pod, { ...pod, asked: older }] }), older],
    ['an old version', answers, { ...chapter, answer: '(answered 404: no)' }, '404'],
    ['nobody asked', answers, { ...chapter, answer: '' }, 'nobody asked'],
    ['two comments', told, withWritten({ comments: [comment, comment] }), '2 comments'],
    ['a comment elsewhere', told, withWritten({ comments: [{ ...comment, issue: 8 }] }), '0 comments'],
    [
      'other words',
      told,
      withWritten({ comments: [{ ...comment, body: `${comment.body.slice(0, 43)}` }] }),
      'it says',
    ],
    ['no deployment', told, withWritten({ deployments: [] }), 'no deployment'],
    ['a deployment of another commit', told, { ...chapter, commit: 'd' }, 'and not of d'],
    ['one that failed', told, withWritten({ deployments: [{ ...deployment, state: 'failure' }] }), 'failure'],
    ['a namespace that stays', isGone, { ...gone, preview: view }, 'is there, with 1 pods'],
    [
      'an earlier deployment that is active still',
      toldOfEnd,
      { ...gone, written: { ...written, deployments: [deployment, { ...deployment, state: 'inactive' }] } },
      'success, inactive',
    ],
  ];
  it.each(fails)('fails: %s', (_, assertion, seen, words) => {
    expect(instead(assertion, seen)).toContain(words);
  });

  it('fails for a run that was not', () => {
    expect(instead(runs)).toBe('no such run');
  });
});
