// k8s-deploy beside kubectl, Helm and Azure/k8s-deploy, on one cluster in one run:
//
//   node benchmarks/k8s-deploy.mjs --kubeconfig FILE --image IMAGE@DIGEST [--helm PROGRAM] [--azure lib/index.js]
//                                  [--only objects|verdicts] [--runs 3] [--kind NAME] [--in-turn]
//   node benchmarks/k8s-deploy.mjs --only scale [--kwok]
//
// `objects`: 200 manifests, first, unchanged, and with ten of them changed: requests to the API server, wall time, CPU
// and memory. `verdicts`: for each kind of release that cannot become ready, the seconds from the moment at which the
// API shows it (seen by a watch of the benchmark's own) to the end of the deployment. The others' releases wait side by
// side, which takes a minute or two rather than twelve for each; `--in-turn` has them wait one after the other.
// `scale`: a thousand pods on a hundred pretended nodes are replaced, on a control plane of the benchmark's own: memory,
// and requests beside the seconds and the changes. With --kwok it plays the nodes, by its own fast stages (it is built
// for that, once); without it a few lines of JavaScript do.
// The image runs Node.js and can be pulled by the cluster; namespaces bench-… are made and deleted. Needs GNU time.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { brokenReleases, WATCHED } from './k8s-deploy/broken.mjs';
import { openCluster } from './k8s-deploy/cluster.mjs';
import { contestants, writeRelease } from './k8s-deploy/contestants.mjs';

const { values: options } = parseArgs({
  options: {
    kubeconfig: { type: 'string' },
    image: { type: 'string' },
    helm: { type: 'string' },
    azure: { type: 'string' },
    only: { type: 'string' },
    kind: { type: 'string' },
    kwok: { type: 'boolean', default: false },
    runs: { type: 'string', default: '3' },
    'in-turn': { type: 'boolean', default: false },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'bench-k8s-deploy-'));
try {
  if (options.only === 'scale') await measureScale();
  else await compare();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function compare() {
  if (!options.kubeconfig || !options.image) {
    throw new Error('Name a cluster with --kubeconfig and an image that runs Node.js with --image.');
  }
  const cluster = await openCluster(options.kubeconfig, folder);
  const all = contestants(options, cluster.kubeconfig);
  try {
    if (options.only !== 'verdicts') await compareObjects(cluster, all, Number(options.runs));
    if (options.only !== 'objects') await compareVerdicts(cluster, all);
  } finally {
    cluster.close();
  }
}

async function measureScale() {
  const { manyPods, NAMESPACE, openScale } = await import('./k8s-deploy/scale.mjs');
  const { cluster, close } = await openScale(folder, options.kwok);
  try {
    const { fairway, kubectl } = contestants({}, cluster.kubeconfig);
    const release = { namespace: NAMESPACE, folder: join(folder, 'scale'), patience: '10m' };
    mkdirSync(release.folder);
    console.log('\n1,000 pods | case        | wall s | CPU s | peak MB | requests | changes of pods');
    for (const [version, [name, deploy]] of [
      ['fairway', fairway],
      ['fairway', fairway],
      ['kubectl', kubectl],
    ].entries()) {
      const objects = manyPods(version);
      writeRelease({ ...release, objects });
      const before = cluster.seen.length;
      let changes = 0;
      const stop = cluster.watch(`/api/v1/namespaces/${NAMESPACE}/pods`, () => changes++);
      const took = await deploy({ ...release, objects });
      stop();
      if (took.exitCode !== 0) throw new Error(`${name}: ${took.said.slice(-2000)}`);
      const cells = [took.wallS.toFixed(1), took.cpuS.toFixed(1), took.peakMB.toFixed(0)];
      const title = version === 0 ? 'first' : 'replaced';
      console.log([name, title, ...cells, cluster.seen.length - before, changes].join(' | '));
    }
  } finally {
    await close();
  }
}

/** 120 ConfigMaps, 40 Services, 40 Deployments that want no pod: what is measured is the talking, not the pods. */
function objects(changed) {
  const value = (index) => (index < changed ? 'changed' : 'as ever');
  const make = (count, object) => Array.from({ length: count }, (_, index) => object(index));
  const labels = (name) => ({ app: name });
  return [
    ...make(120, (index) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `settings-${index}` },
      data: { value: value(index), more: 'x'.repeat(500) },
    })),
    ...make(40, (index) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `service-${index}` },
      spec: { selector: labels(`web-${index}`), ports: [{ port: 80, targetPort: 8080 }] },
    })),
    ...make(40, (index) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: `web-${index}` },
      spec: {
        replicas: 0,
        selector: { matchLabels: labels(`web-${index}`) },
        template: {
          metadata: { labels: labels(`web-${index}`) },
          spec: { containers: [{ name: 'web', image: 'web:1', ports: [{ containerPort: 8080 }] }] },
        },
      },
    })),
  ];
}

async function compareObjects(cluster, all, runs) {
  const rows = [];
  for (const [name, deploy] of Object.entries(all)) {
    const namespace = `bench-objects-${slug(name)}`;
    const release = prepare(cluster, namespace);
    const measured = async (changed) => {
      writeRelease({ ...release, objects: objects(changed) });
      const before = cluster.seen.length;
      const took = await deploy({ ...release, objects: objects(changed) });
      if (took.exitCode !== 0) throw new Error(`${name}: ${took.said.slice(-2000)}`);
      const requests = cluster.seen.length - before;
      console.error(`${name}: ${requests} requests, ${took.wallS.toFixed(1)} s`);
      return { ...took, requests };
    };
    const first = await measured(0);
    const unchanged = [];
    const changed = [];
    for (let run = 0; run < runs; run++) {
      // Back and forth: ten differ from what runs, each time.
      const running = run % 2 === 0 ? 0 : 10;
      unchanged.push(await measured(running));
      changed.push(await measured(10 - running));
    }
    rows.push(
      [name, 'first', first],
      [name, 'unchanged', ...unchanged],
      [name, '10 of 200 changed', ...changed],
    );
    forget(cluster, namespace);
  }
  console.log('\n200 manifests        | case              | requests | wall s | CPU s | peak MB');
  for (const [name, title, ...took] of rows) {
    const [requests, wall, cpu, memory] = ['requests', 'wallS', 'cpuS', 'peakMB'].map((field) =>
      median(took.map((one) => one[field])),
    );
    console.log(
      `${name.padEnd(21)}| ${title.padEnd(18)}| ${String(requests).padStart(8)} | ${wall.toFixed(2).padStart(6)} | ${cpu.toFixed(2).padStart(5)} | ${memory.toFixed(0).padStart(7)}`,
    );
  }
}

async function compareVerdicts(cluster, all) {
  const refusing = createServer((_, response) => response.writeHead(401).end());
  await new Promise((done) => refusing.listen(0, '127.0.0.1', done));
  const broken = Object.entries(brokenReleases(options.image, `127.0.0.1:${refusing.address().port}`));
  const kinds = broken.filter(([kind]) => !options.kind || kind === options.kind);
  const shown = new Map();
  const namespaces = new Map();
  const stops = WATCHED.map((path) =>
    cluster.watch(path, (object) => {
      const { namespace } = object.metadata ?? {};
      const isFatal = namespaces.get(namespace);
      if (isFatal && !shown.has(namespace) && isFatal(object)) shown.set(namespace, performance.now());
    }),
  );
  const results = new Map(kinds.map(([kind]) => [kind, new Map()]));
  for (const [name, deploy] of Object.entries(all)) {
    if (name === 'kubectl --server-side') continue; // It waits as kubectl does.
    // Those that sit out their patience do so together; ours is done before they would get in each other's way.
    const abreast = options['in-turn'] || name === 'fairway' ? 1 : Infinity;
    await inLanes(kinds, abreast, async ([kind, { before = [], labels, objects: wanted, isFatal }]) => {
      const namespace = `bench-${slug(kind)}-${slug(name)}`;
      const release = { ...prepare(cluster, namespace, labels), objects: wanted };
      for (const object of before)
        cluster.kubectl(['-n', namespace, 'create', '-f', '-'], JSON.stringify(object));
      namespaces.set(namespace, isFatal);
      writeRelease(release);
      const took = await deploy(release);
      const ended = performance.now();
      await sleep(1000); // whoever is quick may be done before the benchmark's own watch has told
      const since = shown.has(namespace) ? Math.max(0, ended - shown.get(namespace)) / 1000 : undefined;
      const reason = /^::error[^:]*::(.*?)(%0A|$)/m.exec(took.said)?.[1] ?? '';
      results.get(kind).set(name, { since, took, reason });
      if (name === 'fairway') console.log(`${kind}: ${reason.slice(0, 160)}`);
      if (took.exitCode === 0) console.log(`${name} called '${kind}' good: ${took.said.slice(-300)}`);
      forget(cluster, namespace);
    });
  }
  for (const stop of stops) stop();
  refusing.closeAllConnections();
  refusing.close();
  const names = [...(results.values().next().value?.keys() ?? [])];
  console.log(`\nseconds from the fatal state to the verdict\n${''.padEnd(24)}| ${names.join(' | ')}`);
  for (const [kind, took] of results) {
    const cells = names.map((name) => {
      const { since, took: all } = took.get(name) ?? {};
      return `${since === undefined ? '?' : since.toFixed(1)}${all?.exitCode === 0 ? ' (called good)' : ''}`;
    });
    console.log(`${kind.padEnd(24)}| ${cells.map((cell, i) => cell.padStart(names[i].length)).join(' | ')}`);
  }
}

function prepare(cluster, namespace, labels = {}) {
  const manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } };
  cluster.kubectl(['create', '-f', '-'], JSON.stringify(manifest));
  const place = join(folder, namespace);
  mkdirSync(place);
  return { namespace, folder: place };
}

function forget(cluster, namespace) {
  cluster.kubectl(['delete', 'namespace', namespace, '--wait=false']);
}

async function inLanes(items, abreast, work) {
  const left = [...items];
  const lane = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(abreast, items.length) }, lane));
}

function slug(text) {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 22)
    .replace(/-+$/, '');
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
