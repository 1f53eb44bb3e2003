// A rollout of a thousand pods on a hundred nodes that nobody runs: kwok plays them where it is asked to, else this does.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { leadPath, RECIPES } from '@fairway/local';
import { ControlPlane, kubernetes } from '../../actions/k8s-deploy/test/strategy/control-plane.ts';
import { openCluster } from './cluster.mjs';

const NODES = 100;
const WORKLOADS = 20;
const REPLICAS = 50;
export const NAMESPACE = 'scale';

/** @returns a control plane with its nodes, the way there that counts, and how to end it all */
export async function openScale(folder, kwok) {
  const player = kwok && (await leadPath('kwok', 'kwok-stages'));
  const plane = await ControlPlane.start();
  plane.run('kube-scheduler', kubernetes, [
    'kube-scheduler',
    `--kubeconfig=${plane.kubeconfig}`,
    '--leader-elect=false',
    '--secure-port=0',
    '--kube-api-qps=200',
    '--kube-api-burst=400',
  ]);
  const cluster = await openCluster(plane.kubeconfig, folder);
  await plane.call('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
  for (let index = 0; index < NODES; index++) {
    await plane.call('POST', '/api/v1/nodes', node(index));
    // Nobody runs here who would take the mark off that every new node gets.
    const patch = { spec: { taints: null } };
    await plane.call('PATCH', `/api/v1/nodes/node-${index}`, patch, 'application/merge-patch+json');
  }
  const stop = player ? playWithKwok(player, plane.kubeconfig) : playPods(plane, cluster);
  return {
    cluster,
    close: async () => {
      stop();
      cluster.close();
      await plane.stop();
    },
  };
}

function node(index) {
  const capacity = { cpu: '32', memory: '256Gi', pods: '110' };
  return {
    metadata: { name: `node-${index}`, annotations: { 'kwok.x-k8s.io/node': 'fake' } },
    status: { capacity, allocatable: capacity, conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

/** Twenty Deployments of fifty pods each. */
export function manyPods(version) {
  return Array.from({ length: WORKLOADS }, (_, index) => {
    const labels = { app: `web-${index}` };
    const probe = { httpGet: { path: '/', port: 8080 } };
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: `web-${index}` },
      spec: {
        replicas: REPLICAS,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 1,
            containers: [{ name: 'web', image: `web:${version}`, readinessProbe: probe }],
          },
        },
      },
    };
  });
}

function playWithKwok(tools, kubeconfig) {
  const stages = RECIPES['kwok-stages'].programs.map((file) => tools.path('kwok-stages', file));
  const settings = stages.flatMap((file) => ['--config', file]);
  const args = ['--kubeconfig', kubeconfig, '--manage-all-nodes=true', ...settings];
  const child = spawn(tools.path('kwok'), args, { stdio: 'ignore' });
  return () => child.kill('SIGTERM');
}

/** The kubelet's word for every pod that has a node: it runs, and when it is to go, it is gone. */
function playPods(plane, cluster) {
  const pending = new Set();
  let going = true;
  const lane = async () => {
    while (going) {
      const [path] = pending;
      if (path === undefined) {
        await sleep(20);
        continue;
      }
      pending.delete(path);
      const { status, body } = await plane.call('GET', path);
      if (status !== 200) continue;
      if (body.metadata.deletionTimestamp) await plane.call('DELETE', `${path}?gracePeriodSeconds=0`);
      else if (!body.status.podIP) {
        const patch = { status: running(body) };
        await plane.call('PATCH', `${path}/status`, patch, 'application/merge-patch+json');
      }
    }
  };
  for (let count = 0; count < 8; count++) void lane();
  const stop = cluster.watch(`/api/v1/namespaces/${NAMESPACE}/pods`, (pod) => {
    if (pod.spec?.nodeName && (pod.metadata.deletionTimestamp || !pod.status.podIP)) {
      pending.add(`/api/v1/namespaces/${NAMESPACE}/pods/${pod.metadata.name}`);
    }
  });
  return () => {
    going = false;
    stop();
  };
}

function running({ spec }) {
  const now = new Date().toISOString();
  const condition = (type) => ({ type, status: 'True', lastTransitionTime: now });
  const containerStatuses = spec.containers.map(({ name, image }) => ({
    name,
    image,
    imageID: image,
    ready: true,
    started: true,
    restartCount: 0,
    state: { running: { startedAt: now } },
  }));
  const conditions = ['Initialized', 'ContainersReady', 'Ready'].map(condition);
  return {
    phase: 'Running',
    podIP: '10.0.0.1',
    podIPs: [{ ip: '10.0.0.1' }],
    startTime: now,
    conditions,
    containerStatuses,
  };
}
