import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { leadPath } from '@fairway/local';
import { type BundleOptions, runBundle } from '@fairway/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeChart } from './source/chart.ts';

/**
 * The real Helm, 4 and 3, against a real cluster with real pods: FAIRWAY_INT_KUBECONFIG names its administrator's
 * kubeconfig, FAIRWAY_INT_IMAGE an image by digest, pullable there, that runs Node.js; its registry takes the chart too.
 */
const kubeconfig = process.env.FAIRWAY_INT_KUBECONFIG ?? '';
const image = process.env.FAIRWAY_INT_IMAGE ?? '';

const action = fileURLToPath(new URL('..', import.meta.url));
const isThere = kubeconfig !== '' && image !== '';
if (isThere) await leadPath('helm', 'helm-3');
let workspace = '';
let namespace = '';

function deploy(inputs: BundleOptions['inputs'] = {}) {
  return runBundle({
    action,
    workspace,
    inputs: {
      'helm-chart': 'shop',
      'helm-set': `image=${image}`,
      'kubeconfig-path': kubeconfig,
      namespace,
      release: 'shop',
      'create-namespace': true,
      timeout: '10m', // none of these waits for it
      ...inputs,
    },
    timeoutMs: 120_000,
  });
}

const kubectl = (...args: string[]) =>
  execFileSync('kubectl', ['--kubeconfig', kubeconfig, '--namespace', namespace, ...args], {
    encoding: 'utf8',
  });
const helm = (...args: string[]) => execFileSync('helm', args, { encoding: 'utf8', cwd: workspace });
const of = (what: string, field: string) =>
  kubectl('get', ...what.split(' '), '--output', `jsonpath={${field}}`);
const names = (kind: string) =>
  kubectl('get', kind, '--output', 'jsonpath={.items[*].metadata.name}').split(' ');

describe.runIf(isThere)('charts', { timeout: 180_000 }, () => {
  describe.each(['helm', 'helm-3'] as const)('by %s', (part) => {
    let repository: Server;
    let address = '';

    beforeAll(async () => {
      await leadPath(part);
      workspace = mkdtempSync(join(tmpdir(), 'workspace-'));
      namespace = `fairway-${part}-${process.pid}`;
      writeChart(join(workspace, 'shop'));
      repository = createServer((request, response) => {
        try {
          response.end(readFileSync(join(workspace, 'repository', request.url ?? '')));
        } catch {
          response.writeHead(404).end();
        }
      });
      await new Promise<void>((done) => repository.listen(0, '127.0.0.1', done));
      address = `http://127.0.0.1:${(repository.address() as AddressInfo).port}`;
      mkdirSync(join(workspace, 'repository'));
      helm('package', 'shop', '--destination', 'repository');
      helm('repo', 'index', 'repository', '--url', address);
    });
    afterAll(() => {
      repository.close();
      kubectl('delete', 'namespace', namespace, '--wait=false');
      kubectl('delete', 'customresourcedefinition', 'widgets.shop.example.com');
    });

    it('a first release runs the hooks of an installation, and no other', async () => {
      const result = await deploy();
      expect(result.outputs).toMatchObject({ result: 'deployed', revision: '1' });
      const facts = JSON.parse(of('configmap facts', '.data')) as Record<string, string>;
      expect(facts).toMatchObject({
        release: 'shop',
        namespace,
        occasion: 'install',
        coordination: 'true',
        twice: 'second',
      });
      expect(facts.kubernetes).toBe(
        (JSON.parse(kubectl('version', '-o', 'json')) as Version).serverVersion.gitVersion,
      );
      expect(of('widget first', '.spec.size')).toBe('3');
      // After the rest, since it is post-install here; and with its log.
      expect(result.log.indexOf('created   Job migrate')).toBeGreaterThan(
        result.log.indexOf('created   Deployment shop'),
      );
      expect(result.log).toContain('Log of Job migrate');
      expect(result.log).toContain('migrated');
      expect(result.log).toContain('only once');
      expect(names('jobs')).toEqual(['migrate']);
      expect(names('serviceaccounts')).not.toContain('migrator');
      expect(kubectl('get', 'pods', '--output', 'name')).not.toContain('pod/check');
    });

    it('an upgrade knows what it is, looks things up, and migrates first', async () => {
      const [password, before] = [
        of('secret generated', '.data.password'),
        of('job migrate', '.metadata.uid'),
      ];
      const result = await deploy({ 'helm-set': `image=${image}\nreplicas=2` });
      expect(result.outputs).toMatchObject({ result: 'deployed', revision: '2' });
      expect(of('configmap facts', '.data.occasion')).toBe('upgrade');
      expect(of('configmap facts', '.data.widgets')).toBe('true');
      expect(of('secret generated', '.data.password')).toBe(password);
      expect(of('job migrate', '.metadata.uid')).not.toBe(before);
      expect(result.log.indexOf('Job migrate')).toBeLessThan(result.log.indexOf('changed   Deployment shop'));
      expect(result.log).not.toContain('only once');
      const again = await deploy({ 'helm-set': `image=${image}\nreplicas=2` });
      expect(again.outputs).toMatchObject({ result: 'unchanged', revision: '2' });
    });

    it('a migration that fails stops the release before anything of it is there', async () => {
      const result = await deploy({
        'helm-set': `image=${image}\nreplicas=1\nmigration=console.log('no such table'); process.exit(1)`,
      });
      expect(result.exitCode).toBe(1);
      expect(result.outputs.reason).toMatch(/Job migrate: .*the job failed/);
      expect(result.log).toContain('no such table');
      expect(result.outputs).toMatchObject({ result: 'rolled-back', revision: '2' });
      expect(of('deployment shop', '.spec.replicas')).toBe('2');
    });

    it("the chart's tests are part of the verdict where they are asked for", async () => {
      const set = `image=${image}\nreplicas=1`;
      const good = await deploy({ 'helm-set': set, 'helm-tests': true });
      expect(good.outputs).toMatchObject({ result: 'deployed' });
      expect(of('pod check', '.status.phase')).toBe('Succeeded');
      const bad = await deploy({
        'helm-set': `${set}\ncheck=console.log('wrong answer'); process.exit(1)`,
        'helm-tests': true,
      });
      expect(bad.outputs).toMatchObject({ result: 'rolled-back', revision: good.outputs.revision });
      expect(bad.outputs.reason).toMatch(/Pod check: .*the pod failed/);
      expect(bad.log).toContain('wrong answer');
    });

    it('a chart of a repository, with values from a file', async () => {
      writeFileSync(join(workspace, 'production.yaml'), `image: ${image}\nreplicas: 3\n`);
      const inputs = { 'helm-chart': 'shop', 'helm-repository': address, 'helm-values': 'production.yaml' };
      const result = await deploy({ ...inputs, 'helm-set': '', 'helm-chart-version': '1.0.0' });
      expect(result.outputs).toMatchObject({ result: 'deployed' });
      expect(of('deployment shop', '.spec.replicas')).toBe('3');
      const missing = await deploy({ ...inputs, 'helm-chart-version': '2.0.0' });
      expect(missing.exitCode).toBe(1);
      expect(missing.log).toMatch(/helm template shop failed: .*2\.0\.0/);
    });

    it('a chart of a registry', async () => {
      const registry = `oci://${image.split('/')[0]}/charts`;
      helm('push', 'repository/shop-1.0.0.tgz', registry, '--plain-http');
      const result = await deploy({ 'helm-chart': `${registry}/shop`, 'helm-chart-version': '1.0.0' });
      expect(result.outputs).toMatchObject({ result: 'deployed' });
      expect(of('deployment shop', '.spec.replicas')).toBe('1');
    });

    it('a chart that needs another one', async () => {
      const dependencies = `dependencies:\n  - name: shop\n    version: 1.x\n    repository: ${address}\n`;
      mkdirSync(join(workspace, 'outer'));
      writeFileSync(
        join(workspace, 'outer', 'Chart.yaml'),
        `apiVersion: v2\nname: outer\nversion: 0.1.0\n${dependencies}`,
      );
      const result = await deploy({
        'helm-chart': 'outer',
        'helm-set': `shop.image=${image}\nshop.replicas=2`,
      });
      expect(result.log).toContain('Fetching the charts that outer depends on: shop.');
      expect(result.outputs).toMatchObject({ result: 'deployed' });
    });

    it('a difference shows what an upgrade would change, and looks nothing up', async () => {
      const password = of('secret generated', '.data.password');
      const result = await deploy({ mode: 'diff' });
      expect(result.outputs).toMatchObject({ result: 'diff' });
      expect(result.summary).not.toContain(password);
      expect(result.log).toMatch(/changed\s+Secret generated/);
      const looked = await deploy({ mode: 'diff', 'helm-lookup': 'true' });
      expect(looked.log).not.toMatch(/changed\s+Secret generated/);
    });

    it('a template that is wrong is told with its place', async () => {
      writeChart(join(workspace, 'wrong'), { 'templates/wrong.yaml': 'a: {{ .Values.missing.deeper }}' });
      const result = await deploy({ 'helm-chart': 'wrong' });
      expect(result.exitCode).toBe(1);
      expect(result.log).toMatch(/shop\/templates\/wrong\.yaml:1/);
    });
  });
});

interface Version {
  readonly serverVersion: { readonly gitVersion: string };
}
