import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runBundle } from '@fairway/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FaultyProxy } from './faulty-proxy.ts';
import { ControlPlane } from './strategy/control-plane.ts';
import { PretendedPods } from './strategy/pretended-pods.ts';

const action = fileURLToPath(new URL('..', import.meta.url));
const NAMESPACE = 'faults';
const labels = { app: 'web' };
/** What the deploying account may do, and no more: an administrator would not notice what a restart forgets. */
const rules = [
  { apiGroups: ['', 'apps', 'coordination.k8s.io'], resources: ['*'], verbs: ['*'] },
  { apiGroups: ['batch'], resources: ['jobs'], verbs: ['*'] },
];

describe('a real API server on a bad day', { timeout: 180_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'faults-'));
  let plane: ControlPlane;
  let pods: PretendedPods;
  let proxy: FaultyProxy;

  beforeAll(async () => {
    plane = await ControlPlane.start();
    proxy = new FaultyProxy(plane.port);
    await proxy.start(folder);
    await make('/api/v1/namespaces', { metadata: { name: NAMESPACE } });
    await make(`/apis/rbac.authorization.k8s.io/v1/namespaces/${NAMESPACE}/roles`, {
      metadata: { name: 'deployer' },
      rules,
    });
    pods = new PretendedPods(plane, NAMESPACE);
    for (const image of ['web:1', 'web:2', 'web:3', 'web:4', 'web:5', 'web:6', 'web:7', 'web:8'])
      pods.behaviours.set(image, { status: 200, errors: 0 });
    pods.behaviours.set('web:crash', { status: 200, errors: 0, crashes: true });
    await pods.start();
    // The compiled sources, run as the bundle would be.
    mkdirSync(join(folder, 'action/dist/main'), { recursive: true });
    cpSync(join(action, 'action.yml'), join(folder, 'action/action.yml'));
    const entry = JSON.stringify(pathToFileURL(join(action, 'lib/main.js')).href);
    writeFileSync(join(folder, 'action/dist/main/index.js'), `import ${entry};\n`);
    writeFileSync(join(folder, 'action/dist/main/package.json'), '{"type":"module"}');
    mkdirSync(join(folder, 'workspace'));
    await account('deployer');
    expect((await deploy('web:1')).outputs).toMatchObject({ result: 'deployed', revision: '1' });
  }, 120_000);
  afterEach(() => {
    proxy.fault = () => undefined;
  });
  afterAll(async () => {
    pods?.stop();
    proxy?.stop();
    await plane?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function make(path: string, body: object): Promise<Record<string, unknown>> {
    const { status, body: said } = await plane.call('POST', path, body);
    if (status !== 201) throw new Error(`POST ${path}: ${status} ${JSON.stringify(said)}`);
    return said as Record<string, unknown>;
  }

  /** Makes a service account, and leaves its token where the kubeconfig looks for it. */
  async function account(name: string): Promise<void> {
    const place = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`;
    await make(place, { metadata: { name } });
    await make(`/apis/rbac.authorization.k8s.io/v1/namespaces/${NAMESPACE}/rolebindings`, {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'deployer' },
      subjects: [{ kind: 'ServiceAccount', name, namespace: NAMESPACE }],
    });
    const answer = await make(`${place}/${name}/token`, { spec: { expirationSeconds: 3600 } });
    writeFileSync(join(folder, 'token'), (answer.status as { token: string }).token);
  }

  /** Three pods, each of which counts some seconds after it is ready: a rollout that leaves time for trouble. */
  function deploy(image: string, minReadySeconds = 2) {
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        replicas: 3,
        minReadySeconds,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            containers: [{ name: 'web', image, readinessProbe: { httpGet: { path: '/', port: 80 } } }],
          },
        },
      },
    };
    return deployAll([deployment]);
  }

  function deployAll(items: object[]) {
    const manifests = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    writeFileSync(join(folder, 'workspace/all.json'), manifests);
    return runBundle({
      action: join(folder, 'action'),
      workspace: join(folder, 'workspace'),
      inputs: {
        manifests: 'all.json',
        kubeconfig: proxy.kubeconfig({ tokenFile: join(folder, 'token') }),
        namespace: NAMESPACE,
        release: 'web',
        timeout: '2m',
      },
      timeoutMs: 150_000,
    });
  }

  /** Until the rollout is being watched. */
  async function underWay(): Promise<void> {
    while (proxy.openWatches < 3) await sleep(50);
    await sleep(1_000);
  }

  const imageNow = async () => {
    const { body } = await plane.call('GET', `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/web`);
    const { spec, status } = body as {
      spec: { template: { spec: { containers: { image: string }[] } } };
      status: { updatedReplicas?: number; readyReplicas?: number };
    };
    return `${spec.template.spec.containers[0]?.image} ${status.updatedReplicas}/${status.readyReplicas}`;
  };

  it('an API server that restarts in the middle of a rollout', async () => {
    const deploying = deploy('web:2');
    await underWay();
    await plane.restart('kube-apiserver', 3_000);
    expect((await deploying).outputs).toMatchObject({ result: 'deployed', revision: '2' });
    expect(await imageNow()).toBe('web:2 3/3');
  });

  it('a restart in the middle of a release that is bad: it is gone back from all the same', async () => {
    const before = await imageNow();
    const deploying = deploy('web:crash');
    while (proxy.openWatches < 1) await sleep(20);
    await plane.restart('kube-apiserver', 2_000);
    const result = await deploying;
    expect(result.outputs).toMatchObject({ result: 'rolled-back' });
    expect(result.outputs.reason).toMatch(/crashed/);
    expect(await imageNow()).toBe(before);
  });

  it('watches that are dropped again and again', async () => {
    const deploying = deploy('web:3');
    const timer = setInterval(() => proxy.dropWatches(), 700);
    const result = await deploying.finally(() => clearInterval(timer));
    expect(result.outputs).toMatchObject({ result: 'deployed' });
    expect(await imageNow()).toBe('web:3 3/3');
  });

  it('a watch whose history is gone (410), by the word of the server itself', async () => {
    let expired = 0;
    proxy.fault = ({ path }) => {
      if (!path.includes('watch=true') || !path.includes('/pods') || expired >= 3) return undefined;
      expired++;
      return { kind: 'rewrite', path: path.replace(/resourceVersion=\d+/, 'resourceVersion=1') };
    };
    const result = await deploy('web:4');
    expect(expired).toBe(3);
    expect(result.outputs).toMatchObject({ result: 'deployed' });
    // Each time all of it was read again.
    const lists = proxy.requests.filter((line) => /^GET .*\/pods\?limit=500/.test(line));
    expect(lists.length).toBeGreaterThanOrEqual(4);
  });

  it('429 with Retry-After to every third request', async () => {
    let refused = 0;
    proxy.fault = ({ index }) => {
      if (index % 3 !== 0) return undefined;
      refused++;
      return { kind: 'refuse', status: 429, headers: { 'retry-after': '1' } };
    };
    const result = await deploy('web:5');
    expect(result.outputs).toMatchObject({ result: 'deployed' });
    expect(refused).toBeGreaterThan(3);
  });

  it('a proxy that is slow, and breaks answers off after what was asked has been done', async () => {
    let broken = 0;
    proxy.fault = ({ index, method, path }) => {
      if (index % 4 !== 0 || method === 'POST' || path.includes('watch=true'))
        return { kind: 'delay', ms: 300 };
      broken++;
      return { kind: 'break-off' };
    };
    const result = await deploy('web:6');
    expect(result.outputs).toMatchObject({ result: 'deployed' });
    expect(broken).toBeGreaterThan(3);
    expect(await imageNow()).toBe('web:6 3/3');
  });

  it('a hook that is to run again while a pod of its last run still ends: never two at once', async () => {
    const jobs = `/apis/batch/v1/namespaces/${NAMESPACE}/jobs`;
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'migrate', annotations: { 'fairway-ci.github.io/hook': 'pre-deploy' } },
      spec: {
        template: {
          spec: { restartPolicy: 'Never', containers: [{ name: 'migrate', image: 'migrate:1' }] },
        },
      },
    };
    const first = (await make(jobs, job)) as { metadata: { uid: string } };
    const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'migrate', uid: first.metadata.uid };
    const pods = `/api/v1/namespaces/${NAMESPACE}/pods`;
    await make(pods, {
      metadata: {
        name: 'migrate-1',
        finalizers: ['example.com/ends-slowly'],
        ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }],
      },
      spec: job.spec.template.spec,
    });
    const uidNow = async () => {
      const { body } = await plane.call('GET', `${jobs}/migrate`);
      return (body as { metadata: { uid?: string } }).metadata.uid;
    };
    const deploying = deployAll([job]);
    while (!proxy.requests.some((line) => line.startsWith(`DELETE ${jobs}/migrate`))) await sleep(50);
    await sleep(2_000);
    expect(await uidNow()).toBe(first.metadata.uid);
    const merge = 'application/merge-patch+json';
    await plane.call('PATCH', `${pods}/migrate-1`, { metadata: { finalizers: null } }, merge);
    await plane.call('DELETE', `${pods}/migrate-1?gracePeriodSeconds=0`);
    while ([undefined, first.metadata.uid].includes(await uidNow())) await sleep(100);
    const times = { startTime: new Date().toISOString(), completionTime: new Date().toISOString() };
    const conditions = ['SuccessCriteriaMet', 'Complete'].map((type) => ({ type, status: 'True' }));
    const status = { ...times, succeeded: 1, uncountedTerminatedPods: {}, conditions };
    const told = await plane.call('PATCH', `${jobs}/migrate/status`, { status }, merge);
    expect(told.status, JSON.stringify(told.body)).toBe(200);
    expect((await deploying).outputs).toMatchObject({ result: 'deployed' });
  });

  it('a token that has expired and was renewed in its file', async () => {
    const deploying = deploy('web:7');
    await underWay();
    await account('second');
    await plane.call('DELETE', `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/deployer`);
    proxy.dropWatches();
    expect((await deploying).outputs).toMatchObject({ result: 'deployed' });
  });

  it('a token that has expired for good: nothing is decided, and the next run carries on', async () => {
    // The server remembers for ten seconds whom it has let in: the rollout must take longer.
    const deploying = deploy('web:8', 15);
    await underWay();
    await plane.call('DELETE', `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/second`);
    const timer = setInterval(() => proxy.dropWatches(), 1_000);
    const result = await deploying.finally(() => clearInterval(timer));
    expect(result.exitCode).toBe(1);
    expect(result.outputs).toMatchObject({ result: 'failed' });
    expect(result.outputs.reason).toMatch(/Unauthorized/);
    expect(result.log).toMatch(/the token has expired/);
    await account('third');
    const healed = await deploy('web:8');
    expect(healed.log).toMatch(/was interrupted|unchanged/);
    expect(healed.exitCode).toBe(0);
    expect(await imageNow()).toBe('web:8 3/3');
  });
});
