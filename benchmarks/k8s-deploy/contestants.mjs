// Who deploys: the same objects, in the way that each is meant to be used, with 60 s of patience unless told otherwise.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';

const root = dirname(dirname(import.meta.dirname));
const BUNDLE = join(root, 'actions/k8s-deploy/dist/main/index.js');
export const PATIENCE = '60s';

/** @returns by name, a function that deploys `objects` to `namespace` from `folder` and gives what it took */
export function contestants({ helm, azure }, kubeconfig) {
  const all = {
    fairway: (release) => runAction(BUNDLE, ourInputs(release, kubeconfig), release, { kubeconfig: '' }),
    kubectl: (release) => kubectl(release, kubeconfig, []),
    'kubectl --server-side': (release) =>
      kubectl(release, kubeconfig, ['--server-side', '--field-manager=bench']),
  };
  if (helm) all['helm --wait'] = (release) => runHelm(release, kubeconfig, helm);
  if (azure)
    all['Azure/k8s-deploy'] = (release) => runAction(azure, theirInputs(release), release, { kubeconfig });
  return all;
}

const ourInputs = ({ namespace, patience = PATIENCE }, kubeconfig) => ({
  manifests: 'all.yaml',
  'kubeconfig-path': kubeconfig,
  namespace,
  release: 'bench',
  timeout: patience,
});

const theirInputs = ({ namespace }) => ({
  action: 'deploy',
  manifests: 'all.yaml',
  namespace,
  strategy: 'basic',
  'pull-images': 'false',
  'skip-tls-verify': 'false',
  'private-cluster': 'false',
  'annotate-resources': 'false',
  'annotate-namespace': 'false',
  force: 'false',
  'server-side': 'false',
  'traffic-split-method': 'pod',
  'route-method': 'service',
  'resource-type': 'Microsoft.ContainerService/managedClusters',
  timeout: PATIENCE,
  token: 'none',
});

/** Writes what all of them read: a manifest, and a chart that is the manifest. */
export function writeRelease({ folder, objects }) {
  mkdirSync(join(folder, 'chart/templates'), { recursive: true });
  writeFileSync(join(folder, 'chart/Chart.yaml'), 'apiVersion: v2\nname: bench\nversion: 1.0.0\n');
  const documents = objects
    .map((object) => stringify(object, { aliasDuplicateObjects: false }))
    .join('---\n');
  writeFileSync(join(folder, 'chart/templates/all.yaml'), documents);
  writeFileSync(join(folder, 'all.yaml'), documents);
}

async function kubectl({ folder, namespace, objects, patience = PATIENCE }, kubeconfig, how) {
  const base = ['--kubeconfig', kubeconfig, '--namespace', namespace];
  const applied = await measure('kubectl', [...base, 'apply', ...how, '-f', 'all.yaml'], folder, process.env);
  if (applied.exitCode !== 0) return applied;
  const waits = objects.flatMap(({ kind, metadata: { name }, spec }) => {
    if (kind === 'Deployment' && spec.replicas !== 0)
      return [['rollout', 'status', `deployment/${name}`, `--timeout=${patience}`]];
    return kind === 'Job'
      ? [['wait', '--for=condition=complete', `job/${name}`, `--timeout=${patience}`]]
      : [];
  });
  const parts = [applied];
  for (const wait of waits) parts.push(await measure('kubectl', [...base, ...wait], folder, process.env));
  return parts.reduce((sum, part) => ({
    exitCode: sum.exitCode || part.exitCode,
    wallS: sum.wallS + part.wallS,
    cpuS: sum.cpuS + part.cpuS,
    peakMB: Math.max(sum.peakMB, part.peakMB),
    said: sum.said + part.said,
  }));
}

function runHelm({ folder, namespace }, kubeconfig, helm) {
  const args = [
    'upgrade',
    '--install',
    'bench',
    './chart',
    '--namespace',
    namespace,
    '--wait',
    '--timeout',
    PATIENCE,
  ];
  return measure(helm, ['--kubeconfig', kubeconfig, ...args], folder, process.env);
}

/** Runs a JavaScript action as the runner does. */
function runAction(bundle, inputs, { folder }, { kubeconfig }) {
  const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const files = ['GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STEP_SUMMARY'];
  for (const file of files) writeFileSync(join(folder, file), '');
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    RUNNER_TEMP: folder,
    RUNNER_TOOL_CACHE: folder,
    GITHUB_WORKSPACE: folder,
    GITHUB_REPOSITORY: 'o/bench',
    GITHUB_SHA: 'a'.repeat(40),
    GITHUB_RUN_ID: '1',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_WORKFLOW: '.github/workflows/bench.yml',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_API_URL: 'http://127.0.0.1:9', // nobody
    ...(kubeconfig && { KUBECONFIG: kubeconfig }),
    ...Object.fromEntries(files.map((file) => [file, join(folder, file)])),
    ...Object.fromEntries(given),
  };
  return measure(process.execPath, [bundle], folder, env);
}

/** Runs a program to its end. CPU is that of its children too, memory that of the largest process. */
async function measure(program, args, cwd, env) {
  const usage = join(cwd, `usage-${Math.random().toString(36).slice(2)}`);
  const began = performance.now();
  const child = spawn('/usr/bin/time', ['-f', '%U %S %M', '-o', usage, program, ...args], { cwd, env });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (said += part));
  const [exitCode] = await once(child, 'close');
  const wallS = (performance.now() - began) / 1000;
  const last = existsSync(usage) ? readFileSync(usage, 'utf8').trim().split('\n').at(-1) : '';
  const [user = 0, system = 0, kilobytes = 0] = last.split(' ').map(Number);
  return { exitCode, wallS, cpuS: user + system, peakMB: kilobytes / 1024, said };
}
