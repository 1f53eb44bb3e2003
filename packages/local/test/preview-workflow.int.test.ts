import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runWorkflow, type WorkflowResult } from '../src/engine/act.ts';
import type { JobResult } from '../src/engine/act-log.ts';
import { schedulePayload } from '../src/engine/consumer.ts';
import { git } from '../src/engine/git.ts';
import { type ProposalAction, pullRequestPayload } from '../src/engine/proposal.ts';
import { jobDifferences } from '../src/flow/expected-jobs.ts';
import { layOutStage, type Stage } from '../src/flow/stage.ts';
import { choose, lookAtHost } from '../src/host.ts';
import { openProgress } from '../src/progress.ts';
import { forCloudRegistries } from '../src/scenarios/scenario.ts';
import { folders } from '../src/services/folders.ts';
import { prepare } from '../src/tools/prepare.ts';
import { repositoryWithOtherActions } from './other-actions.ts';

/** Who reaches which job of preview.yml, under the real engine with other actions. The real ones run in e2e. */
const slug = 'acme/photo-app';
const server = 'https://github.com';
let folder: string;
let act: string;
let stage: Stage;

beforeAll(async () => {
  const wanted = { cluster: false, builder: false, services: false, tools: ['act'] } as const;
  act = (await prepare(choose(await lookAtHost()), wanted, folders(), openProgress())).path('act');
  folder = await mkdtemp(join(tmpdir(), 'fairway-preview-'));
  const root = await repositoryWithOtherActions(join(folder, 'root'));
  stage = await layOutStage(root, join(folder, 'stage'), slug);
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Change {
  readonly from: string;
  readonly author: string;
  readonly action: ProposalAction;
}
const own: Change = { from: slug, author: 'robin', action: 'opened' };

async function propose({ from, author, action }: Change, fail = ''): Promise<Run> {
  const head = await git(stage.consumer.folder, 'rev-parse', 'HEAD');
  const proposal = {
    ...{ number: 4, title: 'x', branch: 'topic', from, base: head, head, merge: head },
    ...{ changedAt: '2026-01-01T00:00:00Z', changedFiles: [] },
  };
  return happen('pull_request', pullRequestPayload(stage.consumer, proposal, author, server, action), fail);
}

interface Run {
  readonly result: WorkflowResult;
  /** What the job that deploys said. */
  readonly told: readonly string[];
}

async function happen(event: string, payload: object, fail = ''): Promise<Run> {
  const place = await mkdtemp(join(folder, 'run-'));
  const eventFile = join(place, 'event.json');
  await writeFile(eventFile, JSON.stringify(payload));
  const told: string[] = [];
  const result = await runWorkflow(
    {
      repository: slug,
      folder: stage.consumer.folder,
      workflow: '.github/workflows/preview.yml',
      branch: 'main',
      actor: 'robin',
      event,
      eventFile,
      variables: { FAIRWAY_BUILDER: 'tcp://127.0.0.1:1' },
      secrets: { GITHUB_TOKEN: 'a-token-of-the-test' },
      environment: { FAIL: fail },
      localRepositories: stage.localRepositories,
      labels: ['ubuntu-latest'],
    },
    {
      act,
      programs: [join(process.execPath, '..')],
      folder: place,
      onEvent: (seen) => {
        if (seen.kind === 'output' && seen.job.id === 'preview') told.push(seen.line);
      },
    },
  );
  return { result, told };
}

const outcomes = (jobs: Readonly<Record<string, JobResult>>) =>
  Object.entries(jobs).map(([name, result]) => ({ name, result }));
const built = (image: JobResult, preview: JobResult) => ({
  'preview / Image / Build': image,
  [`preview / Image / ${forCloudRegistries}`]: 'skipped' as const,
  'preview / Image / Merge': 'skipped' as const,
  'preview / Image / Sign': 'skipped' as const,
  'preview / Preview': preview,
});
const unbuilt = (preview: JobResult) => ({
  'preview / Image': 'skipped' as const,
  'preview / Preview': preview,
});
const stranger = 'stranger/photo-app';

it.each<readonly [string, Change, string, Readonly<Record<string, JobResult>>]>([
  ['of the repository itself', own, '', built('success', 'success')],
  ['whose image cannot be built', own, 'docker-build', built('failure', 'skipped')],
  ['that is closed', { ...own, action: 'closed' }, '', unbuilt('success')],
  ['from a fork', { ...own, from: stranger }, '', unbuilt('skipped')],
  ['from a fork, when it is closed', { ...own, from: stranger, action: 'closed' }, '', unbuilt('skipped')],
  ['of Dependabot', { ...own, author: 'dependabot[bot]' }, '', unbuilt('skipped')],
])('has exactly these jobs for a pull request %s', async (_, change, fail, jobs) => {
  const { result } = await propose(change, fail);
  expect(jobDifferences(outcomes(jobs), result.jobs)).toEqual([]);
  expect(result.exitCode).toBe(fail === '' ? 0 : 1);
});

it('only looks after what is there when its hour has come', async () => {
  const { result } = await happen('schedule', schedulePayload(stage.consumer, server));
  expect(jobDifferences(outcomes(unbuilt('success')), result.jobs)).toEqual([]);
});

it('hands the image from the build to the deployment', async () => {
  const { told } = await propose(own);
  const image = `photo-app=127.0.0.1:5000/photo-app@sha256:${'a'.repeat(64)}`;
  expect(told.filter((line) => line.includes(image))).toHaveLength(1);
});
