import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runWorkflow, type WorkflowResult } from '../src/engine/act.ts';
import type { ActEvent } from '../src/engine/act-log.ts';
import { type Edit, push, pushPayload, takeBack } from '../src/engine/consumer.ts';
import { expectedJobs, idleApplies, jobDifferences, shardsOf } from '../src/flow/expected-jobs.ts';
import { layOutStage, type Stage } from '../src/flow/stage.ts';
import { choose, lookAtHost } from '../src/host.ts';
import { openProgress } from '../src/progress.ts';
import { allGreen, nothingAfterChecks } from '../src/scenarios/scenario.ts';
import { folders } from '../src/services/folders.ts';
import { prepare } from '../src/tools/prepare.ts';
import { repositoryWithOtherActions } from './other-actions.ts';

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

interface Circumstances {
  readonly onEvent?: (event: ActEvent) => void;
  /** What the caller's file hands over, as YAML. */
  readonly with?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly set?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

async function carry(fail: string, circumstances: Circumstances = {}): Promise<WorkflowResult> {
  const { onEvent, variables = {}, set = {} } = circumstances;
  const place = await mkdtemp(join(folder, 'run-'));
  const handed: Edit = {
    file: '.github/workflows/cicd.yml',
    change: (file) => file.replace('    secrets:\n', `    with: ${circumstances.with}\n    secrets:\n`),
  };
  const pushed = await push(stage.consumer, `Fail at ${fail}`, [
    { file: 'CHANGES', change: (old) => `${old}${fail}\n` },
    ...(circumstances.with === undefined ? [] : [handed]),
  ]);
  const eventFile = join(place, 'event.json');
  await writeFile(eventFile, JSON.stringify(pushPayload(stage.consumer, pushed, 'https://github.com')));
  const result = await runWorkflow(
    {
      repository: 'acme/photo-app',
      folder: stage.consumer.folder,
      workflow: '.github/workflows/cicd.yml',
      branch: 'main',
      actor: 'robin',
      event: 'push',
      eventFile,
      variables: { FAIRWAY_BUILDER: 'tcp://127.0.0.1:1', ...variables },
      secrets: { GITHUB_TOKEN: 'a-token-of-the-test' },
      environment: { FAIL: fail, SET: JSON.stringify(set) },
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
  await takeBack(stage.consumer, pushed);
  return result;
}

/** The lines that the actions of a job said, by the job's id in its workflow. */
function listenTo(job: string, lines: string[]): (event: ActEvent) => void {
  return (event) => {
    if (event.kind === 'output' && event.job.id === job) lines.push(event.line);
  };
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

  it('applies no plan that changes nothing, and deploys to where that plan says', async () => {
    const told: string[] = [];
    const set = { 'terraform-apply': { changes: 'false' } };
    const result = await carry('', { set, onEvent: listenTo('deploy', told) });
    const idle = idleApplies(result.jobs);
    expect(idle).toEqual(['Apply staging', 'Apply production']);
    const shards = shardsOf(result.jobs);
    const expected = expectedJobs(allGreen, shards.count, shards.red, 'push', idle);
    expect(jobDifferences(expected, result.jobs)).toEqual([]);
    expect(told.filter((line) => line.includes('"namespace":"photo-app-x"'))).toHaveLength(2);
  });

  it('hands the image from the build to both deployments, though another job of that workflow is skipped', async () => {
    const told: string[] = [];
    await carry('', { onEvent: listenTo('deploy', told) });
    const image = `"images":"photo-app=127.0.0.1:5000/photo-app@sha256:${'a'.repeat(64)}","namespace":"photo-app-x"`;
    expect(told.filter((line) => line.includes(image))).toHaveLength(2);
  });

  it('hands every image of bake files to both deployments, to be put in place and verified', async () => {
    const told: string[] = [];
    const names = ['api', 'web'].map((name) => `127.0.0.1:5000/shop/${name}`);
    const references = names.map((name) => `${name.split('/').at(-1)}=${name}@sha256:${'b'.repeat(64)}`);
    const built = { reference: '', names: names.join('\n'), references: references.join('\n') };
    const { exitCode } = await carry('', {
      with: "{ bake-files: 'docker-bake.hcl' }",
      variables: { FAIRWAY_VERIFY_KEY: 'a key' },
      set: { 'docker-build': built, detect: { dockerfile: '' } },
      onEvent: listenTo('deploy', told),
    });
    expect(exitCode).toBe(0);
    const given = told.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
    const wanted = { images: built.references, 'verify-images': built.names };
    expect(given.filter(({ images }) => images !== '')).toEqual([
      expect.objectContaining(wanted),
      expect.objectContaining(wanted),
    ]);
  });

  it('logs in to a cloud’s registry in a job of its own, with its identity and no password', async () => {
    const told: string[] = [];
    const role = 'arn:aws:iam::123456789012:role/pusher';
    const result = await carry('', {
      variables: { FAIRWAY_REGISTRY_AWS_ROLE: role },
      onEvent: listenTo('build-with-identity', told),
    });
    const image = Object.fromEntries(
      result.jobs.flatMap(({ name, result }) => (name.includes(' / Image / ') ? [[name, result]] : [])),
    );
    expect(image).toEqual({
      'cicd / Image / Build': 'skipped',
      'cicd / Image / Build with identity ()': 'success',
      'cicd / Image / Merge': 'skipped',
      'cicd / Image / Sign': 'skipped',
    });
    expect(told.join('\n')).toContain(`"username":"","aws-role":"${role}"`);
    const deployed = result.jobs.filter(({ name }) => name.includes('/ Deploy '));
    expect(deployed.map((job) => job.result)).toEqual(['success', 'success']);
  });

  it('goes on without tests where the caller says that there are none', async () => {
    const { jobs, exitCode } = await carry('test-runner', { with: "{ test-command: 'none' }" });
    expect(jobDifferences(expectedJobs({ ...allGreen, Test: 'skipped' }, 0, 0), jobs)).toEqual([]);
    expect(exitCode).toBe(0);
  });

  it.each([
    ['tests', { dockerfile: '', image: 'false' }, nothingAfterChecks],
    ['tests and a Dockerfile', {}, { ...nothingAfterChecks, Image: 'success' }],
  ] as const)('is green for a repository that has only %s', async (_what, set, results) => {
    const detect = { infrastructure: '', overlays: '', ...set };
    const { jobs, exitCode } = await carry('k8s-deploy', { set: { detect } });
    expect(jobDifferences(expectedJobs(results, 2, 0), jobs)).toEqual([]);
    expect(exitCode).toBe(0);
  });

  it('builds nothing where a named test command is red, though no ecosystem was found', async () => {
    const { jobs, exitCode } = await carry('test-runner run 2/2', {
      with: "{ test-command: 'make check' }",
      set: { detect: { tests: 'false', ecosystem: 'none' } },
    });
    const expected = expectedJobs({ ...nothingAfterChecks, Test: 'failure' }, 2, 2);
    expect(jobDifferences(expected, jobs)).toEqual([]);
    expect(exitCode).toBe(1);
  });

  it('deploys to the namespace of the variable where the infrastructure names none', async () => {
    const told: string[] = [];
    await carry('', {
      onEvent: listenTo('deploy', told),
      variables: { FAIRWAY_NAMESPACE: 'photo-{0}' },
      set: { 'terraform-apply': { outputs: '{}' } },
    });
    for (const environment of ['staging', 'production']) {
      expect(told.join('\n')).toContain(`"namespace":"photo-${environment}"`);
    }
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
