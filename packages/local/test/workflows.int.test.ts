import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runWorkflow, type WorkflowResult } from '../src/engine/act.ts';
import type { ActEvent } from '../src/engine/act-log.ts';
import { push, pushPayload } from '../src/engine/consumer.ts';
import { expectedJobs, jobDifferences, shardsOf } from '../src/flow/expected-jobs.ts';
import { layOutStage, type Stage } from '../src/flow/stage.ts';
import { choose, lookAtHost } from '../src/host.ts';
import { openProgress } from '../src/progress.ts';
import { allGreen, nothingAfterChecks } from '../src/scenarios/scenario.ts';
import { folders } from '../src/services/folders.ts';
import { prepare } from '../src/tools/prepare.ts';

/**
 * How cicd.yml and the workflows that it calls are joined, under the real engine. Only the actions are others: each
 * sets the outputs that its place in the flow needs, and fails where a test asks for it. The real ones run in e2e.
 */
const outputs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  detect: {
    tests: 'true',
    ecosystem: 'node',
    dockerfile: 'Dockerfile',
    infrastructure: 'infra/local',
    overlays: 'deploy/overlays',
    change: 'release',
    trusted: 'true',
  },
  'test-runner': { matrix: '{"include":[{"shard":"1/2"},{"shard":"2/2"}]}' },
  'docker-build': { tags: 'main', reference: `127.0.0.1:5000/photo-app@sha256:${'a'.repeat(64)}` },
  'terraform-apply': { outputs: '{"namespace":"photo-app-x"}', fingerprint: 'f' },
};

const root = fileURLToPath(new URL('../../..', import.meta.url));
let folder: string;
let act: string;
let stage: Stage;

beforeAll(async () => {
  const wanted = { cluster: false, builder: false, services: false, tools: ['act'] } as const;
  act = (await prepare(choose(await lookAtHost()), wanted, folders(), openProgress())).path('act');
  folder = await mkdtemp(join(tmpdir(), 'fairway-workflows-'));
  stage = await layOutStage(
    await repositoryWithOtherActions(join(folder, 'root')),
    join(folder, 'stage'),
    'acme/photo-app',
  );
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function repositoryWithOtherActions(copy: string): Promise<string> {
  for (const part of [
    '.github/workflows',
    'workflows',
    'examples/photo-app',
    'actions/cloud-login/action.yml',
  ]) {
    const generated = ['node_modules', 'lib', 'coverage'];
    await cp(join(root, part), join(copy, part), {
      recursive: true,
      filter: (path) => !generated.includes(basename(path)),
    });
  }
  for (const action of await readdir(join(root, 'actions'))) {
    if (action === 'cloud-login') continue;
    const place = join(copy, 'actions', action);
    await mkdir(join(place, 'dist'), { recursive: true });
    await writeFile(join(place, 'action.yml'), 'name: other\nruns: { using: node24, main: dist/index.js }\n');
    await writeFile(join(place, 'dist/index.js'), otherAction(action));
  }
  return copy;
}

/** Fails where FAIL names it, alone or with the inputs that tell one of its steps from another. */
function otherAction(action: string): string {
  return `
    const { appendFileSync } = require('node:fs');
    for (const [name, value] of Object.entries(${JSON.stringify(outputs[action] ?? {})}))
      appendFileSync(process.env.GITHUB_OUTPUT, name + '=' + value + '\\n');
    const input = (name) => process.env['INPUT_' + name] ?? '';
    const [name, ...words] = (process.env.FAIL ?? '').split(' ');
    const given = [input('MODE'), input('SHARD'), ...input('KUSTOMIZE').split('/')];
    const report = input('MODE') === 'report'; // which is red when a shard is
    if (name === '${action}' && (report || words.every((word) => given.includes(word)))) process.exit(1);
    console.log(JSON.stringify({ images: input('IMAGES'), namespace: input('NAMESPACE'), needs: input('NEEDS') }));
  `;
}

async function carry(fail: string, onEvent?: (event: ActEvent) => void): Promise<WorkflowResult> {
  const place = await mkdtemp(join(folder, 'run-'));
  const pushed = await push(stage.consumer, `Fail at ${fail}`, [
    { file: 'CHANGES', change: (old) => `${old}${fail}\n` },
  ]);
  const eventFile = join(place, 'event.json');
  await writeFile(eventFile, JSON.stringify(pushPayload(stage.consumer, pushed, 'https://github.com')));
  return runWorkflow(
    {
      repository: 'acme/photo-app',
      folder: stage.consumer.folder,
      workflow: '.github/workflows/cicd.yml',
      branch: 'main',
      actor: 'robin',
      event: 'push',
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
      ...(onEvent === undefined ? {} : { onEvent }),
    },
  );
}

describe('cicd.yml', () => {
  it.each([
    ['nothing', allGreen, 0],
    ['test-runner run 2/2', { ...nothingAfterChecks, Test: 'failure' }, 1],
    ['security-scan', { ...nothingAfterChecks, Security: 'failure' }, 1],
    ['docker-build', { ...nothingAfterChecks, Image: 'failure' }, 1],
    [
      'k8s-deploy staging',
      { ...allGreen, Staging: 'failure', 'Infrastructure (production)': 'skipped', Production: 'skipped' },
      1,
    ],
    ['k8s-deploy production', { ...allGreen, Production: 'failure' }, 1],
    ['notify', { ...allGreen, Notify: 'failure' }, 1],
  ] as const)('when %s fails, has exactly these jobs and results', async (fail, results, exitCode) => {
    const result = await carry(fail);
    const shards = shardsOf(result.jobs);
    const expected = expectedJobs(results, shards.count, shards.red);
    expect(jobDifferences(expected, result.jobs)).toEqual([]);
    expect(result.exitCode).toBe(exitCode);
  });

  it('hands the image from the build to both deployments, though another job of that workflow is skipped', async () => {
    const told: string[] = [];
    await carry('', (event) => {
      if (event.kind === 'output' && event.job.id === 'deploy') told.push(event.line);
    });
    const image = `"images":"photo-app=127.0.0.1:5000/photo-app@sha256:${'a'.repeat(64)}","namespace":"photo-app-x"`;
    expect(told.filter((line) => line.includes(image))).toHaveLength(2);
  });

  it('ends within seconds when it is interrupted, and leaves no process', async () => {
    const interrupt = new AbortController();
    const place = await mkdtemp(join(folder, 'run-'));
    await mkdir(join(folder, 'slow/.github/workflows'), { recursive: true });
    await writeFile(
      join(folder, 'slow/.github/workflows/slow.yml'),
      'on: push\njobs:\n  slow:\n    runs-on: ubuntu-latest\n    steps:\n      - run: setsid sleep 600 & sleep 600\n',
    );
    const eventFile = join(place, 'event.json');
    await writeFile(eventFile, '{}');
    const result = await runWorkflow(
      {
        repository: 'acme/photo-app',
        folder: join(folder, 'slow'),
        workflow: '.github/workflows/slow.yml',
        branch: 'main',
        actor: 'robin',
        event: 'push',
        eventFile,
        variables: {},
        secrets: { GITHUB_TOKEN: 'a-token-of-the-test' },
        environment: {},
        localRepositories: new Map(),
        labels: ['ubuntu-latest'],
      },
      {
        act,
        programs: [],
        folder: place,
        signal: interrupt.signal,
        onEvent: (event) => {
          if (event.kind === 'output' || event.kind === 'started') setTimeout(() => interrupt.abort(), 1000);
        },
      },
    );
    expect(result.exitCode).not.toBe(0);
    expect(result.seconds).toBeLessThan(60);
    expect(result.engineMessages.join('\n')).toContain('sleep 600');
  });
});
