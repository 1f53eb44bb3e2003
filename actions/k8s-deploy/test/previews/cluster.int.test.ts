import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BundleOptions, type GitHubService, runBundle, startGitHub } from '@fairway/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** With real pods and namespaces; see ../cluster.int.test.ts for the settings. */
const kubeconfig = process.env.FAIRWAY_INT_KUBECONFIG ?? '';
const image = process.env.FAIRWAY_INT_IMAGE ?? '';
const action = fileURLToPath(new URL('../..', import.meta.url));
const workspace = mkdtempSync(join(tmpdir(), 'workspace-'));
const release = `web-${process.pid}`;
const sha = 'a'.repeat(40);
const labels = { app: 'web' };

function write(text: string): void {
  const container = {
    name: 'web',
    image,
    command: ['node', '-e', `require('http').createServer((q, s) => s.end('${text}')).listen(8080)`],
    readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
    lifecycle: { preStop: { sleep: { seconds: 4 } } },
    resources: { requests: { cpu: '10m', memory: '32Mi' } },
  };
  const items = [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { terminationGracePeriodSeconds: 6, containers: [container] },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
    },
  ];
  writeFileSync(join(workspace, 'all.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}

const kubectl = (...args: string[]) =>
  execFileSync('kubectl', ['--kubeconfig', kubeconfig, ...args], { encoding: 'utf8' }).trim();
const phase = (namespace: string) =>
  kubectl('get', 'namespace', namespace, '--ignore-not-found', '--output', 'jsonpath={.status.phase}');
const served = (namespace: string) =>
  kubectl('get', '--raw', `/api/v1/namespaces/${namespace}/services/web:80/proxy/`);

describe.runIf(kubeconfig !== '' && image !== '')('previews', { timeout: 240_000 }, () => {
  let github: GitHubService;
  beforeAll(async () => {
    const pull = (number: number) => ({
      number,
      title: 't',
      state: 'open' as const,
      headRef: 'topic',
      headSha: sha,
      baseRef: 'main',
      baseSha: sha,
    });
    github = await startGitHub({ pulls: [pull(1), pull(2)] });
  });
  afterAll(async () => {
    await github.close();
    for (const number of [1, 2]) {
      kubectl('delete', 'namespace', `${release}-pr-${number}`, '--ignore-not-found', '--wait=false');
    }
  });

  function preview(event: BundleOptions['event']) {
    return runBundle({
      action,
      workspace,
      inputs: {
        mode: 'preview',
        manifests: 'all.json',
        'kubeconfig-path': kubeconfig,
        release,
        'smoke-test': 'service/web:80/',
      },
      env: github.env,
      token: 'ghs_x',
      timeoutMs: 120_000,
      ...(event && { event }),
    });
  }
  const onPull = (number: number, happened: string) => {
    const repo = { full_name: 'acme/photo-app' };
    const pull = { number, head: { sha, ref: 'topic', repo }, base: { sha, ref: 'main', repo } };
    return preview({ name: 'pull_request', payload: { action: happened, pull_request: pull } });
  };

  it('one is made, updated, removed, and made anew while the old one is still leaving', async () => {
    const namespace = `${release}-pr-1`;
    write('first');
    const made = await onPull(1, 'opened');
    expect(made.exitCode, made.log).toBe(0);
    expect(made.outputs).toMatchObject({ result: 'deployed', namespace });
    expect(served(namespace)).toBe('first');
    write('second');
    expect((await onPull(1, 'synchronize')).outputs).toMatchObject({ result: 'deployed', revision: '2' });
    expect(served(namespace)).toBe('second');

    const closed = await onPull(1, 'closed');
    expect(closed.outputs).toMatchObject({ result: 'removed', removed: `["${namespace}"]` });
    expect(phase(namespace)).toMatch(/^(Terminating)?$/);
    const again = await onPull(1, 'reopened');
    expect(again.exitCode, again.log).toBe(0);
    expect(again.outputs).toMatchObject({ result: 'deployed', revision: '1' });
    expect(served(namespace)).toBe('second');
  });

  it('one whose pull request was closed while no run was there is swept away', async () => {
    write('missed');
    expect((await onPull(2, 'opened')).outputs.result).toBe('deployed');
    const [first, second] = github.state.pulls;
    if (first && second) github.state.pulls.splice(0, 2, first, { ...second, state: 'closed' });
    const swept = await preview({ name: 'schedule', payload: {} });
    expect(swept.outputs).toMatchObject({ result: 'swept', removed: `["${release}-pr-2"]` });
    await expect.poll(() => phase(`${release}-pr-2`), { timeout: 60_000 }).toBe('');
    expect(phase(`${release}-pr-1`)).toBe('Active');
  });
});
