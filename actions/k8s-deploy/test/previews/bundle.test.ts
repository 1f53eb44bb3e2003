import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type BundleOptions,
  type BundleResult,
  type GitHubService,
  runBundle,
  startGitHub,
} from '@fairway/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MARKS, markedNamespace } from '../../src/previews/ownership.ts';
import { LoopbackApi, refuse } from '../api-server.ts';

const action = fileURLToPath(new URL('../..', import.meta.url));
const sha = 'a'.repeat(40);
const NAMESPACES = '/api/v1/namespaces';
const owner = { release: 'web', repository: 'acme/photo-app' };
/** A title that would do harm wherever it was not data. */
const TITLE = '$(touch /tmp/x) `id` <script> ::set-output name=x::y';

let api: LoopbackApi;
let github: GitHubService;
let workspace: string;

const pull = (number: number, state: 'open' | 'closed' = 'open', headSha = sha) => ({
  number,
  title: TITLE,
  state,
  headRef: 'topic',
  headSha,
  baseRef: 'main',
  baseSha: sha,
});

beforeEach(async () => {
  api = await LoopbackApi.start();
  api.allowed = true;
  github = await startGitHub({ pulls: [pull(5), pull(6), pull(7, 'closed')] });
  workspace = mkdtempSync(join(tmpdir(), 'workspace-'));
  manifests();
});
afterEach(async () => {
  await github.close();
  await api.stop();
});

function manifests(...more: object[]): void {
  const ingress = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'web', annotations: { 'fairway-ci.github.io/wait': 'false' } },
    spec: { rules: [{ host: 'photos.example.com' }] },
  };
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' }, data: { a: '1' } };
  const items = [map, ingress, ...more];
  writeFileSync(join(workspace, 'all.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}

/** Runs as an event of pull request `number` would; `closed` and `fork` say which. */
function onPull(
  number: number,
  { action: happened = 'synchronize', fork = false, updatedAt = '' } = {},
  inputs: BundleOptions['inputs'] = {},
): Promise<BundleResult> {
  const payload = {
    action: happened,
    pull_request: {
      number,
      title: TITLE,
      state: happened === 'closed' ? 'closed' : 'open',
      html_url: `https://github.com/acme/photo-app/pull/${number}`,
      user: { login: 'me' },
      updated_at: updatedAt,
      head: { sha, ref: 'topic', repo: { full_name: fork ? 'evil/photo-app' : 'acme/photo-app' } },
      base: { sha, ref: 'main', repo: { full_name: 'acme/photo-app' } },
    },
  };
  return run({ name: 'pull_request', payload }, inputs);
}
function run(event: BundleOptions['event'], inputs: BundleOptions['inputs'] = {}): Promise<BundleResult> {
  return runBundle({
    action,
    workspace,
    inputs: {
      mode: 'preview',
      manifests: 'all.json',
      kubeconfig: api.kubeconfig,
      release: 'web',
      'preview-host': 'pr-{number}.preview.example.com',
      ...inputs,
    },
    env: github.env,
    token: 'ghs_x',
    ...(event && { event }),
  });
}
const onSchedule = (inputs: BundleOptions['inputs'] = {}) => run({ name: 'schedule', payload: {} }, inputs);

function stands(number: number, metadata: object = {}, expires = Date.now() + 3_600_000): void {
  const namespace = markedNamespace(owner, number, new Date(expires));
  const merged = { ...namespace.metadata, ...metadata } as { name: string };
  api.put(`${NAMESPACES}/${merged.name}`, { ...namespace, metadata: merged });
}
const namespaces = () =>
  api
    .paths()
    .filter((path) => /^\/api\/v1\/namespaces\/[^/]+$/.test(path))
    .map((path) => path.split('/').at(-1));
const errors = ({ commands }: BundleResult) =>
  commands.filter(({ name }) => name === 'error').map(({ message }) => message);
const comments = (number: number) => github.state.comments.filter(({ issue }) => issue === number);

describe('the preview of a pull request', () => {
  it('is made, updated, and removed when it is closed', async () => {
    const first = await onPull(5);
    expect(first.exitCode, first.log).toBe(0);
    expect(first.outputs).toMatchObject({
      result: 'deployed',
      namespace: 'web-pr-5',
      url: 'https://pr-5.preview.example.com',
      removed: '[]',
    });
    const namespace = api.object(`${NAMESPACES}/web-pr-5`);
    expect(namespace?.metadata).toMatchObject({
      labels: { [MARKS.pull]: '5', [MARKS.release]: 'web' },
      annotations: { [MARKS.repository]: 'acme/photo-app' },
    });
    const ingress = api.object('/apis/networking.k8s.io/v1/namespaces/web-pr-5/ingresses/web');
    expect(ingress?.spec).toEqual({ rules: [{ host: 'pr-5.preview.example.com' }] });
    expect(comments(5)).toHaveLength(1);
    expect(comments(5)[0]?.body).toContain('https://pr-5.preview.example.com');
    expect(comments(5)[0]?.body).not.toContain('script');
    const [deployment] = github.state.deployments;
    expect(deployment).toMatchObject({ environment: 'preview-pr-5' });
    expect(deployment?.statuses.at(-1)).toMatchObject({
      state: 'success',
      environment_url: 'https://pr-5.preview.example.com',
    });

    expect((await onPull(5)).outputs.result).toBe('unchanged');
    expect(comments(5)).toHaveLength(1);

    const closed = await onPull(5, { action: 'closed' }, { manifests: 'not-checked-out' });
    expect(closed.exitCode, closed.log).toBe(0);
    expect(closed.outputs).toMatchObject({ result: 'removed', removed: '["web-pr-5"]' });
    expect(namespaces()).toEqual([]);
    expect(comments(5)).toHaveLength(1);
    expect(comments(5)[0]?.body).toContain('removed');
    expect(github.state.deployments.every(({ statuses }) => statuses.at(-1)?.state === 'inactive')).toBe(
      true,
    );
    expect((await onPull(5, { action: 'closed' })).outputs).toMatchObject({
      result: 'removed',
      removed: '[]',
    });
  });

  it('is not made for a fork, which nothing is asked for', async () => {
    const result = await onPull(5, { fork: true }, { kubeconfig: '' });
    expect(result.exitCode).toBe(0);
    expect(result.outputs).toMatchObject({ result: 'skipped', namespace: '' });
    expect(api.requests).toEqual([]);
    expect(github.requests).toEqual([]);
  });

  it('is not overwritten by a run whose commit is no longer the newest', async () => {
    github.state.pulls.splice(0, 1, pull(5, 'open', 'b'.repeat(40)));
    stands(5);
    stands(7);
    const late = await onPull(5);
    expect(late.exitCode, late.log).toBe(0);
    expect(late.outputs).toMatchObject({ result: 'skipped', removed: '["web-pr-7"]', url: '' });
    expect(late.log).toContain('has a newer commit than aaaaaaaaaaaa');
    expect(api.paths().filter((path) => path.includes('/web-pr-5/'))).toEqual([]);
    // What GitHub answers is older than the event: a replica that lags behind.
    const lagging = await onPull(5, { updatedAt: '2999-01-01T00:00:00Z' });
    expect(lagging.outputs.result).toBe('deployed');
  });

  it('is not made anew by a run that comes after the pull request was closed', async () => {
    github.state.pulls.splice(0, 1, pull(5, 'closed'));
    const late = await onPull(5);
    expect(late.outputs).toMatchObject({ result: 'removed', removed: '[]' });
    expect(namespaces()).toEqual([]);
    stands(5);
    expect((await onPull(5)).outputs).toMatchObject({ result: 'removed', removed: '["web-pr-5"]' });
    expect(namespaces()).toEqual([]);
  });

  it.each<[string, object, RegExp]>([
    [
      'somebody protects it',
      { annotations: { [MARKS.repository]: 'acme/photo-app', 'fairway-ci.github.io/protect': 'true' } },
      /web-pr-5 stays: its annotation/,
    ],
    ['somebody changes it in that moment', {}, /web-pr-5 was changed or deleted by somebody/],
  ])('stays when the pull request is closed and %s', async (_, metadata, said) => {
    stands(5, metadata);
    api.faults.push({
      when: ({ method }) => method === 'DELETE',
      answer: refuse(409, 'Conflict', 'changed'),
    });
    const result = await onPull(5, { action: 'closed' });
    expect(result.outputs, result.log).toMatchObject({ result: 'unchanged', removed: '[]' });
    expect(result.log).toMatch(said);
    expect(namespaces()).toEqual(['web-pr-5']);
  });

  it('that is on its way out already is not said to be missing', async () => {
    stands(5, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    const result = await onPull(5, { action: 'closed' });
    expect(result.outputs).toMatchObject({ result: 'removed', removed: '[]' });
    expect(result.log).toContain('Namespace web-pr-5 is being deleted already.');
  });

  it('goes, and others are swept, without the image and the files that a deployment needs', async () => {
    const nothing = {
      images: 'photo-app=ghcr.io/acme/photo-app@',
      strategy: 'canary',
      analysis: 'analysis.yaml',
      'verify-images': 'ghcr.io/*',
    };
    stands(5);
    expect((await onPull(5, { action: 'closed' }, nothing)).outputs).toMatchObject({ result: 'removed' });
    expect((await onSchedule(nothing)).outputs).toMatchObject({ result: 'swept' });
    expect(errors(await onPull(6, {}, nothing))).toEqual([expect.stringMatching(/images/)]);
  });

  it('is told of when it fails', async () => {
    const result = await onPull(5, {}, { 'smoke-test': 'service/web:80/', 'smoke-timeout': '1s' });
    expect(result.exitCode).toBe(1);
    expect(result.outputs).toMatchObject({ result: 'failed', namespace: 'web-pr-5' });
    expect(comments(5)[0]?.body).toMatch(/failed[\s\S]*smoke test/);
  });

  it.each([
    ['a namespace that a person made', { labels: {} }],
    ['another repository’s', { annotations: { [MARKS.repository]: 'acme/other' } }],
  ])('does not move into, nor delete, %s', async (_, metadata) => {
    stands(5, metadata);
    for (const happened of ['synchronize', 'closed']) {
      const result = await onPull(5, { action: happened });
      expect(errors(result)).toEqual([expect.stringMatching(/'web-pr-5' is there, and is no preview/)]);
    }
    expect(api.object(`${NAMESPACES}/web-pr-5`)?.metadata).toMatchObject(metadata);
    expect(api.requests.some(({ method }) => method === 'DELETE' || method === 'PATCH')).toBe(false);
  });

  it('is one of so many, and no more', async () => {
    stands(6);
    const refused = await onPull(5, {}, { 'preview-limit': 1 });
    expect(errors(refused)).toEqual([
      expect.stringMatching(/1 previews of 'web' already \(#6\)[\s\S]*preview-limit/),
    ]);
    expect(namespaces()).toEqual(['web-pr-6']);
    stands(7); // closed, and missed: its place is free
    const result = await onPull(6, {}, { 'preview-limit': 1 });
    expect(result.outputs).toMatchObject({ result: 'deployed', removed: '["web-pr-7"]' });
  });

  it.each([
    ['a namespace of its own', { namespace: 'stage' }, /'namespace' has no meaning/],
    ['a host that is none', { 'preview-host': 'https://x' }, /'preview-host' is 'https:\/\/x'/],
    ['a release too long', { release: 'a'.repeat(51) }, /too long/],
  ])('is refused: %s', async (_, inputs, message) => {
    expect(errors(await onPull(5, {}, inputs))).toEqual([expect.stringMatching(message)]);
    expect(api.requests).toEqual([]);
  });

  it('holds nothing that all previews would share', async () => {
    manifests({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'web' } });
    expect(errors(await onPull(5))).toEqual([
      expect.stringMatching(/Namespace web belongs to the whole cluster/),
    ]);
    expect(comments(5)[0]?.body).toContain('failed');
  });

  it('needs rights over namespaces, and prints them', async () => {
    api.allowed = false;
    expect(errors(await onPull(5))).toEqual([expect.stringMatching(/kind: ClusterRole[\s\S]*"namespaces"/)]);
    expect(namespaces()).toEqual([]);
  });
});

describe('a sweep', () => {
  it('removes what a missed run left, and what is too old; nothing else', async () => {
    stands(5);
    stands(6, {}, Date.now() - 1_000);
    stands(7);
    stands(8); // GitHub does not know it
    const rest = { annotations: { [MARKS.repository]: 'acme/other' }, name: 'web-pr-70' };
    stands(70, rest);
    api.put(`${NAMESPACES}/production`, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'production' },
    });
    const result = await onSchedule({ manifests: '' });
    expect(result.exitCode, result.log).toBe(0);
    expect(result.outputs.result).toBe('swept');
    expect(JSON.parse(String(result.outputs.removed))).toEqual(['web-pr-6', 'web-pr-7']);
    expect(namespaces()).toEqual(['production', 'web-pr-5', 'web-pr-70', 'web-pr-8']);
    expect(comments(6)[0]?.body).toContain('its time is up');
    expect(comments(7)[0]?.body).toContain('the pull request is closed');
  });

  it('leaves what somebody changes in that moment', async () => {
    stands(7);
    api.faults.push({
      when: ({ method }) => method === 'DELETE',
      answer: refuse(409, 'Conflict', 'the resourceVersion in the precondition does not match'),
    });
    expect((await onSchedule()).outputs).toMatchObject({ result: 'swept', removed: '[]' });
    expect(namespaces()).toEqual(['web-pr-7']);
  });

  it('removes nothing when it may not ask; a deployment goes on all the same', async () => {
    stands(7);
    github.deny(['pull-requests:read', 'pull-requests:write']);
    const swept = await onSchedule();
    expect(errors(swept)).toEqual([
      expect.stringMatching(/may not look at pull requests[\s\S]*pull-requests: write/),
    ]);
    const result = await onPull(5);
    expect(result.outputs.result).toBe('deployed');
    expect(
      result.commands.some(
        ({ name, message }) => name === 'warning' && message.includes('pull-requests: write'),
      ),
    ).toBe(true);
    expect(namespaces()).toEqual(['web-pr-5', 'web-pr-7']);
    github.takeViolations();
  });
});
