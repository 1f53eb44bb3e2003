import { describe, expect, it } from 'vitest';
import {
  type Annotation,
  createCheck,
  createDeployment,
  retireEnvironment,
  setDeploymentStatus,
  uploadSarif,
} from '../src/index.ts';
import { REPOSITORY, SHA, sent, serve } from './loopback.ts';

const annotation = (index: number): Annotation => ({
  path: 'src/a b.ts',
  startLine: index,
  endLine: 0,
  level: 'failure',
  title: `title ${index}`,
  message: index === 1 ? '' : 'm'.repeat(20_000),
});

describe('createCheck', () => {
  const check = {
    ...REPOSITORY,
    name: 'tests',
    headSha: SHA,
    conclusion: 'failure',
    title: 't'.repeat(300),
    summary: 's'.repeat(70_000),
  } as const;

  it('sends any number of annotations, fifty at a time', async () => {
    const { service, github } = await serve();
    const annotations = Array.from({ length: 120 }, (_, index) => annotation(index));
    const { id, url } = await createCheck(github, {
      ...check,
      detailsUrl: 'https://example.com/run',
      annotations,
    });
    expect(service.state.checkRuns).toMatchObject([
      {
        id,
        name: 'tests',
        status: 'completed',
        conclusion: 'failure',
        details_url: 'https://example.com/run',
      },
    ]);
    expect(url).toContain(String(id));
    const kept = service.state.checkRuns[0]?.annotations ?? [];
    expect(kept.map(({ title }) => title)).toEqual(annotations.map(({ title }) => title));
    expect(kept[0]).toMatchObject({ start_line: 1, end_line: 1 });
    expect(kept[1]).toMatchObject({ start_line: 1, message: 'title 1' });
    expect(kept[119]).toMatchObject({ start_line: 119, end_line: 119 });
    expect(sent(service).map((line) => line.split(' ')[0])).toEqual(['POST', 'PATCH', 'PATCH']);
  });

  it('needs none', async () => {
    const { service, github } = await serve();
    await createCheck(github, { ...check, conclusion: 'success', annotations: [] });
    expect(service.state.checkRuns).toMatchObject([{ conclusion: 'success', annotations: [] }]);
  });
});

describe('deployments', () => {
  it('opens one although its own check is under way, and tells how it goes', async () => {
    const { service, github } = await serve();
    const request = { ...REPOSITORY, ref: SHA, environment: 'staging', production: false };
    const running = { conclusion: 'failure', annotations: [], title: 't', summary: 's' } as const;
    await createCheck(github, { ...REPOSITORY, ...running, name: 'deploy', headSha: SHA });
    const id = await createDeployment(github, {
      ...request,
      description: 'd'.repeat(200),
      payload: { image: 'x' },
    });
    await setDeploymentStatus(github, { ...REPOSITORY, id, state: 'in_progress' });
    await setDeploymentStatus(github, {
      ...REPOSITORY,
      id,
      state: 'success',
      environmentUrl: 'https://staging.example.com',
      logUrl: 'https://example.com/run',
      description: 'e'.repeat(200),
    });
    expect(service.state.deployments).toMatchObject([
      {
        id,
        sha: SHA,
        environment: 'staging',
        production_environment: false,
        payload: { image: 'x' },
        statuses: [
          { state: 'in_progress', environment_url: '' },
          {
            state: 'success',
            environment_url: 'https://staging.example.com',
            log_url: 'https://example.com/run',
          },
        ],
      },
    ]);
  });

  it('ends those of an environment that is gone, and no others', async () => {
    const { service, github } = await serve();
    for (const environment of ['preview-pr-1', 'preview-pr-1', 'preview-pr-12']) {
      const id = await createDeployment(github, { ...REPOSITORY, ref: SHA, environment, production: false });
      await setDeploymentStatus(github, { ...REPOSITORY, id, state: 'success' });
    }
    expect(await retireEnvironment(github, { ...REPOSITORY, environment: 'preview-pr-1' })).toBe(2);
    const last = service.state.deployments.map(({ environment, statuses }) => [
      environment,
      statuses.at(-1)?.state,
    ]);
    expect(last).toEqual([
      ['preview-pr-1', 'inactive'],
      ['preview-pr-1', 'inactive'],
      ['preview-pr-12', 'success'],
    ]);
  });

  it.each(['javascript:alert(1)', 'staging.example.com', 'https://'])(
    'leaves out the address %s',
    async (url) => {
      const { service, github } = await serve();
      const id = await createDeployment(github, {
        ...REPOSITORY,
        ref: 'main',
        environment: 'production',
        production: true,
      });
      await setDeploymentStatus(github, { ...REPOSITORY, id, state: 'failure', environmentUrl: url });
      expect(service.state.deployments[0]?.statuses).toMatchObject([
        { state: 'failure', environment_url: '' },
      ]);
    },
  );
});

it('hands findings to code scanning', async () => {
  const { service, github } = await serve();
  const sarif = {
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'Fairway' } }, results: [], automationDetails: { id: 'fairway/' } }],
  };
  const id = await uploadSarif(github, {
    ...REPOSITORY,
    commitSha: SHA,
    ref: 'refs/heads/main',
    sarif: JSON.stringify(sarif),
  });
  expect(service.state.sarifs).toEqual([
    { id, commit_sha: SHA, ref: 'refs/heads/main', category: 'fairway/', sarif },
  ]);
});
