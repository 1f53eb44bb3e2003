import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BundleOptions, type BundleResult, runBundle, startGitHub } from '@fairway/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LoopbackApi, refuse } from './api-server.ts';

const action = fileURLToPath(new URL('..', import.meta.url));
const sha = 'a'.repeat(40);
const STAGE = '/api/v1/namespaces/stage';

let api: LoopbackApi;
let workspace: string;

beforeEach(async () => {
  api = await LoopbackApi.start();
  api.put('/api/v1/namespaces/stage', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'stage' } });
  workspace = mkdtempSync(join(tmpdir(), 'workspace-'));
  mkdirSync(join(workspace, 'deploy'));
});
afterEach(() => api.stop());

/** Writes the release's manifests: ConfigMaps by name. */
function manifests(maps: Record<string, string>): void {
  const documents = Object.entries(maps).map(([name, value]) =>
    JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { value } }),
  );
  writeFileSync(join(workspace, 'deploy/all.yaml'), documents.join('\n---\n'));
}

function step(inputs: BundleOptions['inputs'], more: Partial<BundleOptions> = {}): Promise<BundleResult> {
  return runBundle({
    action,
    workspace,
    inputs: { manifests: 'deploy', kubeconfig: api.kubeconfig, release: 'web', ...inputs },
    ...more,
  });
}

const errors = ({ commands }: BundleResult) =>
  commands.filter(({ name }) => name === 'error').map(({ message }) => message);
const storedValue = (name: string) =>
  (api.object(`${STAGE}/configmaps/${name}`)?.data as { value?: string } | undefined)?.value;
const declaredOutputs = [
  'result',
  'revision',
  'previous-revision',
  'changed',
  'images',
  'url',
  'reason',
  'rollback-command',
  'namespace',
  'removed',
  'requests',
  'failed',
  'recovery-ms',
];

describe('what cannot begin', () => {
  it.each([
    ['nothing to deploy', { manifests: '' }, /Nothing says what to deploy/],
    ['a mode that there is not', { mode: 'undeploy' }, /'mode' is 'undeploy'.*'deploy'/],
    ['a strategy that there is not', { strategy: 'big-bang' }, /'strategy' is 'big-bang'.*'canary'/],
    [
      'steps that fall',
      { strategy: 'canary', steps: '50,10' },
      /'steps' is '50,10'; it must be percentages that rise/,
    ],
    ['a pause with nothing on trial', { pause: true }, /'pause' has no meaning with 'strategy: rolling'/],
    [
      'an analysis that is not there',
      { strategy: 'canary', analysis: 'nope.yaml' },
      /'analysis' names 'nope.yaml'/,
    ],
    [
      'a repository with no chart of it',
      { 'helm-repository': 'https://charts.example.com' },
      /'helm-repository' is set, and 'helm-chart' names no chart/,
    ],
    [
      'a registry as a repository',
      { 'helm-chart': 'web', 'helm-repository': 'oci://ghcr.io/o' },
      /must begin with https/,
    ],
    ['a value that is none', { 'helm-chart': 'web', 'helm-set': 'replicas: 3' }, /must be key=value/],
    ['no cluster', { kubeconfig: '' }, /No cluster is given/],
    ['a path that there is not', { manifests: 'deplyo' }, /'deplyo', and nothing is there/],
    ['an image by tag', { images: 'web=ghcr.io/o/web:latest' }, /sha256/],
    ['a test that is none', { 'smoke-test': 'web:80' }, /'smoke-test' has the line 'web:80'/],
  ])('%s', async (_, inputs, message) => {
    const result = await step(inputs);
    expect(result.exitCode).toBe(1);
    expect(errors(result)).toEqual([expect.stringMatching(message)]);
    expect(errors(result)[0]).toContain('What to do: ');
    expect(result.log).not.toMatch(/^\s+at /m);
    expect(Object.keys(result.outputs).sort()).toEqual([...declaredOutputs].sort());
    expect(result.outputs.result).toBe('failed');
  });

  it.each([
    ['none', 'metrics: []', /metrics must hold 1 to 30/],
    [
      'one that asks a Prometheus nobody named',
      'metrics: [{ name: a, prometheus: up, max: 1 }]',
      /'prometheus-url' is empty/,
    ],
  ])('an analysis that is %s, before anything is asked of the cluster', async (_, text, message) => {
    manifests({ a: '1' });
    writeFileSync(join(workspace, 'analysis.yaml'), text);
    const result = await step({ strategy: 'canary', analysis: 'analysis.yaml' });
    expect(errors(result)).toEqual([expect.stringMatching(message)]);
    expect(api.requests).toEqual([]);
  });

  it('a cluster that does not answer', async () => {
    manifests({ a: '1' });
    const gone = api.kubeconfig;
    await api.stop();
    const result = await step({ kubeconfig: gone });
    expect(errors(result)).toEqual([
      expect.stringMatching(/API server at 127\.0\.0\.1:\d+ does not answer[\s\S]*firewall/),
    ]);
    api = await LoopbackApi.start();
  });

  it('a password in the address of Prometheus is masked', async () => {
    const { masks } = await step({
      manifests: 'deplyo',
      'prometheus-url': 'https://me:p%40ss@prom.example.com',
    });
    expect(masks).toEqual(expect.arrayContaining(['p%40ss', 'p@ss']));
  });

  it('the kubeconfig is masked, whole and by line', async () => {
    const { masks } = await step({ manifests: 'deplyo' });
    expect(masks).toContain(api.kubeconfig);
  });
});

describe('a release', () => {
  it('is recorded, repeated without effect, changed, and gone back from', async () => {
    manifests({ a: '1', b: '1' });
    expect((await step({})).outputs).toMatchObject({
      result: 'deployed',
      revision: '1',
      'previous-revision': '',
      changed: '2',
    });
    expect((await step({})).outputs).toMatchObject({ result: 'unchanged', revision: '1', changed: '0' });

    manifests({ a: '2', b: '1' });
    const second = await step({ 'environment-url': 'https://stage.example.com' });
    expect(second.outputs).toMatchObject({
      result: 'deployed',
      revision: '2',
      'previous-revision': '1',
      changed: '1',
      url: 'https://stage.example.com',
    });
    expect(second.outputs['rollback-command']).toContain('get configmap fairway.web.v1');
    expect(second.summary).toMatch(/-\s+value: "1"[\s\S]*\+\s+value: "2"/);

    const back = await step({ mode: 'rollback', manifests: '' });
    expect(back.outputs).toMatchObject({ result: 'rolled-back', revision: '3', 'previous-revision': '2' });
    expect(storedValue('a')).toBe('1');
  });

  it('goes back though the sources that it was made of have gone or were renamed', async () => {
    manifests({ a: '1' });
    await step({});
    manifests({ a: '2' });
    await step({});
    rmSync(join(workspace, 'deploy'), { recursive: true });
    const renamed = { kustomize: 'overlays/staging', 'helm-chart': 'chart/', images: 'web=ghcr.io/o/web@' };
    const judged = { strategy: 'canary', analysis: 'analysis.yaml' };
    const back = await step({ mode: 'rollback', ...renamed, ...judged });
    expect(errors(back)).toEqual([]);
    expect(back.outputs).toMatchObject({ result: 'rolled-back', revision: '3', images: '{}' });
    expect(storedValue('a')).toBe('1');
    for (const mode of ['promote', 'reject']) {
      const result = await step({ mode, ...renamed, ...judged });
      expect(errors(result)).toEqual([expect.stringContaining("Nothing of 'web' in 'stage' is on trial")]);
    }
  });

  it('that fails its smoke test is undone, with what it created', async () => {
    manifests({ a: '1' });
    await step({});
    manifests({ a: '2', extra: '1' });
    const result = await step({ 'smoke-test': 'service/web:80/healthz', 'smoke-timeout': '1s' });
    expect(result.exitCode).toBe(1);
    expect(result.outputs).toMatchObject({ result: 'rolled-back', revision: '1', 'previous-revision': '1' });
    expect(result.outputs.reason).toMatch(/smoke test service\/web:80\/healthz failed: HTTP 404/);
    expect(errors(result)).toEqual([expect.stringContaining('Revision 1 was put back and is ready again.')]);
    expect([storedValue('a'), storedValue('extra')]).toEqual(['1', undefined]);
  });

  it('stays where it is when it is the first, or when asked to', async () => {
    const failing = { 'smoke-test': 'service/web:80/', 'smoke-timeout': '1s' };
    manifests({ a: '1' });
    const first = await step(failing);
    expect(first.outputs.result).toBe('failed');
    expect(errors(first)[0]).toContain('Nothing was released here before');
    await step({});
    manifests({ a: '2' });
    expect((await step({ ...failing, rollback: false })).outputs.result).toBe('failed');
    expect(storedValue('a')).toBe('2');
  });

  it('undoes what earlier bad releases left, too', async () => {
    const failing = { 'smoke-test': 'service/web:80/', 'smoke-timeout': '1s' };
    manifests({ a: '1' });
    await step({});
    manifests({ a: '2', stray: '1' });
    await step({ ...failing, rollback: false });
    expect(storedValue('stray')).toBe('1');
    manifests({ a: '3' });
    expect((await step(failing)).outputs).toMatchObject({ result: 'rolled-back', revision: '1' });
    expect([storedValue('a'), storedValue('stray')]).toEqual(['1', undefined]);
  });

  it('that is refused half-way is undone', async () => {
    manifests({ a: '1', b: '1' });
    await step({});
    manifests({ a: '2', b: '2' });
    api.faults.push({
      when: ({ method, path }) => method === 'PATCH' && path.includes('/configmaps/b?'),
      answer: refuse(422, 'Invalid', 'ConfigMap "b" is invalid: data: Too long'),
    });
    const result = await step({});
    expect(result.outputs.result).toBe('rolled-back');
    expect(errors(result)[0]).toContain('ConfigMap "b" is invalid');
    expect([storedValue('a'), storedValue('b')]).toEqual(['1', '1']);
  });

  it('waits out a dead run’s lease, heals what it left, and refuses beside a living one', async () => {
    manifests({ a: '1' });
    await step({});
    const lease = '/apis/coordination.k8s.io/v1/namespaces/stage/leases/fairway.web';
    const held = (secondsAgo: number) => ({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'fairway.web', namespace: 'stage' },
      spec: {
        holderIdentity: 'run 7',
        leaseDurationSeconds: 30,
        renewTime: new Date(Date.now() - secondsAgo * 1000).toISOString(),
      },
    });
    const record = api.object(`${STAGE}/configmaps/fairway.web.v1`);
    const labels = {
      ...(record?.metadata.labels as object),
      'fairway-ci.github.io/state': 'pending',
      'fairway-ci.github.io/revision': '2',
    };
    api.put(`${STAGE}/configmaps/fairway.web.v2`, {
      ...record,
      metadata: { name: 'fairway.web.v2', namespace: 'stage', labels },
    });
    api.put(lease, held(29));
    const healed = await step({});
    expect(healed.exitCode).toBe(0);
    expect(healed.log).toContain('Revision 2 was interrupted');

    api.put(lease, held(0));
    const renewing = setInterval(() => api.put(lease, held(0)), 300);
    const refused = await step({});
    clearInterval(renewing);
    expect(errors(refused)).toEqual([
      expect.stringMatching(/Another run is deploying 'web' in 'stage': run 7[\s\S]*concurrency/),
    ]);
  });

  it('of a cancelled job is told to be half-way, and its lease given back, before the runner kills it', async () => {
    manifests({ a: '1' });
    await step({});
    manifests({ a: '2' });
    const spec = {
      selector: { matchLabels: { app: 'a' } },
      template: { metadata: { labels: { app: 'a' } } },
    };
    const slow = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'slow' }, spec };
    writeFileSync(join(workspace, 'deploy/slow.json'), JSON.stringify(slow));
    const cancel = new AbortController();
    const path = '/apis/apps/v1/namespaces/stage/deployments';
    const looking = setInterval(() => {
      const isWaiting = api.requests.some((request) => request.path.startsWith(`${path}?`));
      if (api.object(`${path}/slow`) && isWaiting) cancel.abort();
    }, 100);
    const result = await step({ timeout: '5m' }, { signal: cancel.signal });
    clearInterval(looking);
    expect(result).toMatchObject({ exitCode: 1, signal: null });
    expect(errors(result)).toEqual([
      expect.stringMatching(/rollout was interrupted[\s\S]*Run the job again/),
    ]);
    const record = api.object(`${STAGE}/configmaps/fairway.web.v2`);
    expect(record?.metadata.labels).toMatchObject({ 'fairway-ci.github.io/state': 'interrupted' });
    const lease = api.object('/apis/coordination.k8s.io/v1/namespaces/stage/leases/fairway.web');
    expect(lease?.spec).toMatchObject({ holderIdentity: '' });

    rmSync(join(workspace, 'deploy/slow.json'));
    const next = await step({});
    expect(next.outputs).toMatchObject({ result: 'deployed', 'previous-revision': '1' });
    expect(next.log).toContain('Revision 2 was interrupted');
    expect(next.log).not.toContain('looking whether that run still lives');
    expect(api.object(`${path}/slow`)).toBeUndefined();
  });

  it('needs permissions, and prints the Role that lacks them', async () => {
    manifests({ a: '1' });
    const rules = {
      when: ({ path }: { path: string }) => path.includes('selfsubjectrulesreviews'),
      answer: refuseNothing,
    };
    api.faults.push(rules);
    const result = await step({});
    expect(errors(result)).toEqual([
      expect.stringMatching(/lacks \d+ permissions[\s\S]*kind: Role\n[\s\S]*resources: \["leases"\]/),
    ]);
    expect(api.requests.every(({ method, path }) => method === 'GET' || path.includes('/selfsubject'))).toBe(
      true,
    );
  });
});

/** No rules at all; each access is then asked for, and the loopback API answers without `allowed`. */
function refuseNothing(response: import('node:http').ServerResponse): void {
  response.writeHead(201).end('{"status":{"resourceRules":[],"incomplete":false}}');
}

describe('hooks', () => {
  const JOBS = '/apis/batch/v1/namespaces/stage/jobs';

  /** Plays the Job controller: each Job that comes has a pod, and is over at once. */
  function endJobs(isGood: boolean): () => void {
    const timer = setInterval(() => {
      for (const path of api.paths().filter((one) => one.startsWith(`${JOBS}/`))) {
        const job = api.object(path);
        if (!job || job.status) continue;
        const name = path.slice(JOBS.length + 1);
        const labels = { 'job-name': name };
        const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'stage', labels } };
        api.put(`${STAGE}/pods/${name}`, { ...pod, spec: { containers: [{ name: 'main' }] } });
        const type = isGood ? 'Complete' : 'Failed';
        api.put(path, { ...job, status: { succeeded: 1, conditions: [{ type, status: 'True' }] } });
      }
    }, 20);
    return () => clearInterval(timer);
  }

  function release(): void {
    const hook = (name: string, events: string, policy = '') => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name, annotations: { 'helm.sh/hook': events, 'helm.sh/hook-delete-policy': policy } },
      spec: {},
    });
    const items = [
      hook('once', 'pre-install', 'hook-succeeded'),
      hook('migrate', 'post-install,pre-upgrade'),
      hook('farewell', 'pre-delete'),
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { value: String(++version) } },
    ];
    writeFileSync(
      join(workspace, 'deploy/all.yaml'),
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    );
  }
  let version = 0;

  async function deployed(isGood: boolean): Promise<BundleResult> {
    release();
    const stop = endJobs(isGood);
    const isLog = ({ path }: { path: string }) => path.includes('/log?');
    const answer = (response: ServerResponse) => response.writeHead(200).end('::error::said by the job\n');
    api.faults.push(...Array.from({ length: 8 }, () => ({ when: isLog, answer })));
    return step({}).finally(stop);
  }

  it('run on their occasions, with their logs, and go when they ask for it', async () => {
    const first = await deployed(true);
    expect(first.outputs.result).toBe('deployed');
    const order = ['created   Job once', 'created   ConfigMap a', 'created   Job migrate'];
    expect(order.map((line) => first.log.indexOf(line))).toEqual(
      order.map((line) => first.log.indexOf(line)).toSorted((a, b) => a - b),
    );
    expect(first.log).toMatch(/deleted +Job once/);
    expect(first.log).toContain('Log of Job migrate, container main');
    // What a hook prints is no command to the runner.
    expect(errors(first)).toEqual([]);
    const jobs = () => api.paths().filter((path) => path.startsWith(JOBS));
    expect(jobs()).toEqual([`${JOBS}/migrate`]);

    const second = await deployed(true);
    expect(second.outputs).toMatchObject({ result: 'deployed', revision: '2' });
    expect(second.log.indexOf('Log of Job migrate')).toBeLessThan(
      second.log.indexOf('changed   ConfigMap a'),
    );
    expect(second.log).not.toMatch(/(created|changed|deleted) +Job once/);
    expect(jobs()).toEqual([`${JOBS}/migrate`]);
  });

  it('that fail keep the release from beginning', async () => {
    await deployed(true);
    const bad = await deployed(false);
    expect(bad.outputs).toMatchObject({ result: 'rolled-back', revision: '1' });
    expect(bad.outputs.reason).toMatch(/Job migrate: .*the job failed/);
    expect(bad.log).not.toContain('changed   ConfigMap a');
  });
});

describe('telling GitHub', () => {
  it('a difference touches nothing, and is one comment on the pull request', async () => {
    manifests({ a: '1' });
    await step({});
    manifests({ a: '2', b: '1' });
    const github = await startGitHub({
      pulls: [{ number: 5, title: 't', headRef: 'topic', headSha: sha, baseRef: 'main', baseSha: sha }],
    });
    const event = { name: 'pull_request', payload: pullRequestPayload(5) };
    const before = api.paths();
    for (let run = 0; run < 2; run++) {
      const result = await step({ mode: 'diff' }, { event, env: github.env, token: 'ghs_x' });
      expect(result.outputs).toMatchObject({ result: 'diff', changed: '2' });
      expect(result.summary).toContain('1 to create, 1 to change');
    }
    expect(api.paths()).toEqual(before);
    expect(storedValue('a')).toBe('1');
    const comments = github.requests.filter(
      ({ method, path }) => method === 'POST' && path.endsWith('/comments'),
    );
    expect(comments).toHaveLength(1);
    await github.close();
  });

  it('a deployment with its outcome; and a notice where the token may not', async () => {
    manifests({ a: '1' });
    const github = await startGitHub();
    const inputs = { environment: 'staging', 'environment-url': 'https://stage.example.com' };
    const told = await step(inputs, { env: github.env, token: 'ghs_x' });
    expect(told.exitCode).toBe(0);
    const states = github.requests
      .filter(({ path }) => path.endsWith('/statuses'))
      .map(({ body }) => (body as { state: string }).state);
    expect(states).toEqual(['in_progress', 'success']);

    const other = 'b'.repeat(40);
    manifests({ a: '2' });
    await step(inputs, { env: github.env, token: 'ghs_x', github: { sha: other } });
    await step({ ...inputs, mode: 'rollback' }, { env: github.env, token: 'ghs_x', github: { sha: other } });
    const commits = github.requests
      .filter(({ method, path }) => method === 'POST' && path.endsWith('/deployments'))
      .map(({ body }) => (body as { ref: string }).ref);
    // What is put back was made of the first commit, whatever the run that does it was started from.
    expect(commits).toEqual([commits[0], other, commits[0]]);
    expect(commits[0]).not.toBe(other);

    github.deny(['deployments:write']);
    const denied = await step(inputs, { env: github.env, token: 'ghs_x' });
    expect(denied.exitCode).toBe(0);
    expect(denied.commands.find(({ name }) => name === 'notice')?.message).toContain('deployments: write');
    github.takeViolations();
    await github.close();
  });
});

function pullRequestPayload(number: number): object {
  const repo = { full_name: 'acme/photo-app' };
  return {
    pull_request: {
      number,
      title: 't',
      html_url: 'https://github.com/acme/photo-app/pull/5',
      user: { login: 'me' },
      head: { sha, ref: 'topic', repo },
      base: { sha, ref: 'main', repo },
    },
  };
}
